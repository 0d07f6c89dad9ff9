using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>Reads a table <c>[services.NAME]</c>.</summary>
internal static class AppTomlServiceReader
{
    public static AppTomlService Read(TomlSection section, string name, string source)
    {
        var concurrency = section.Section("concurrency", AppTomlSchema.Concurrency);
        var shutdownTimeout = concurrency?.Duration("shutdown_timeout", TimeSpan.Zero, AppTomlRanges.MaxStopTimeout);
        if (section.Has("stop_timeout") && shutdownTimeout is not null)
            concurrency!.Error("shutdown_timeout", DefinitionMessages.TimeoutTwice(concurrency.Qualified("shutdown_timeout"), section.Qualified("stop_timeout")));
        var scaling = concurrency is null ? null : ConcurrencyReader.Read(concurrency, name);
        var env = EnvReader.Read(section, name);
        var sidecars = SidecarReader.Read(section, name, ref env);
        return new AppTomlService
        {
            Name = name,
            Source = source,
            Command = section.Word("command"),
            Args = ReadArgs(section),
            Image = ReadImage(section),
            Port = PortReader.Read(section, name),
            Env = env.Variables,
            RequiredEnv = env.Required,
            SensitiveEnv = env.Sensitive,
            Scaling = scaling,
            MemoryBytes = section.Size("memory", AppTomlRanges.MinMemory, AppTomlRanges.MaxMemory),
            Cpu = section.Number("cpu", AppTomlRanges.MinCpu, AppTomlRanges.MaxCpu),
            StopTimeout = section.Duration("stop_timeout", TimeSpan.Zero, AppTomlRanges.MaxStopTimeout) ?? shutdownTimeout,
            Quiet = concurrency is null ? null : QueueReader.ReadQuiet(concurrency),
            Overlap = section.Flag("overlap"),
            Health = HealthReader.Read(section, name),
            Disks = ReadDisks(section, scaling?.Scaling ?? ServiceDefaults.ScalingOf(name)),
            Sidecars = sidecars,
        };
    }

    public static string? ReadImage(TomlSection section)
    {
        var image = section.Word("image");
        if (image is not null && image.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            section.Error("image", DefinitionMessages.BadImage(section.Qualified("image"), image));
        return image;
    }

    private static IReadOnlyList<string>? ReadArgs(TomlSection section)
    {
        var args = section.Texts("args");
        if (args is { Count: 0 })
            section.Error("args", DefinitionMessages.EmptyArgs(section.Qualified("args")));
        if (section.Has("args") && section.Has("command"))
            section.Error("args", DefinitionMessages.CommandAndArgs(section.Path));
        return args;
    }

    private static IReadOnlyList<DiskDefinition> ReadDisks(TomlSection section, Scaling scaling)
    {
        var sections = section.Sections("disks", AppTomlSchema.Disk);
        if (sections.Count == 0)
            return [];
        if (scaling is not { Mode: ScalingMode.Fixed, Instances: 1 })
            section.Error("disks", DefinitionMessages.DiskNeedsOneInstance(section.Path, scaling));
        return DiskReader.Read(sections);
    }
}
