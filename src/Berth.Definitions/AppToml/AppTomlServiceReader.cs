using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>Reads a table <c>[services.NAME]</c>.</summary>
internal static class AppTomlServiceReader
{
    public static AppTomlService Read(TomlSection section, string name, int offset, string source)
    {
        var concurrency = section.Section("concurrency", AppTomlSchema.Concurrency);
        var shutdownTimeout = concurrency?.Duration("shutdown_timeout", TimeSpan.Zero, AppTomlRanges.MaxStopTimeout);
        if (section.Has("stop_timeout") && shutdownTimeout is not null)
            concurrency!.Error("shutdown_timeout", DefinitionMessages.StopTimeoutTwice(concurrency.Qualified("shutdown_timeout"), section.Qualified("stop_timeout")));
        var scaling = concurrency is null ? null : ConcurrencyReader.Read(concurrency, name);
        return new AppTomlService
        {
            Name = name,
            Offset = offset,
            Source = source,
            Command = section.Word("command"),
            Args = ReadArgs(section),
            Image = ReadImage(section),
            Port = section.Count("port", AppTomlRanges.MinPort, AppTomlRanges.MaxPort),
            Env = EnvReader.Read(section),
            Scaling = scaling,
            MemoryBytes = section.Size("memory", AppTomlRanges.MinMemory, AppTomlRanges.MaxMemory),
            Cpu = section.Number("cpu", AppTomlRanges.MinCpu, AppTomlRanges.MaxCpu),
            StopTimeout = section.Duration("stop_timeout", TimeSpan.Zero, AppTomlRanges.MaxStopTimeout) ?? shutdownTimeout,
            Overlap = section.Flag("overlap"),
            Health = ReadHealth(section),
            Disks = ReadDisks(section, scaling?.Scaling ?? ServiceDefaults.ScalingOf(name)),
        };
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

    private static string? ReadImage(TomlSection section)
    {
        var image = section.Word("image");
        if (image is not null && image.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            section.Error("image", DefinitionMessages.BadImage(section.Qualified("image"), image));
        return image;
    }

    private static HealthCheck? ReadHealth(TomlSection section)
    {
        if (section.Section("health", AppTomlSchema.Health) is not { } health)
            return null;
        if (!health.Has("type"))
            health.Error("type", DefinitionMessages.MissingKey(health.Path, "type", "type = \"http\", \"port\" or \"process\""));
        var kind = health.Choice("type", "http", "port", "process") switch
        {
            "http" => HealthCheckKind.Http,
            "process" => HealthCheckKind.Process,
            _ => HealthCheckKind.Port,
        };
        var path = health.Text("path");
        if (path is not null && kind != HealthCheckKind.Http)
            health.Error("path", DefinitionMessages.HealthPathWithoutHttp(health.Qualified("path")));
        else if (path is not null && (!path.StartsWith('/') || path.Any(c => c <= ' ' || char.IsControl(c))))
            health.Error("path", DefinitionMessages.BadHealthPath(health.Qualified("path"), path));
        var fallback = new HealthCheck { Kind = kind };
        return fallback with
        {
            Path = path ?? fallback.Path,
            Interval = health.Duration("interval", AppTomlRanges.MinHealthInterval, AppTomlRanges.MaxHealthTime) ?? fallback.Interval,
            Timeout = health.Duration("timeout", AppTomlRanges.MinHealthTimeout, AppTomlRanges.MaxHealthTime) ?? fallback.Timeout,
            StartupTimeout = health.Duration("startup_timeout", AppTomlRanges.MinHealthInterval, AppTomlRanges.MaxHealthTime) ?? fallback.StartupTimeout,
        };
    }

    private static IReadOnlyList<DiskDefinition> ReadDisks(TomlSection section, Scaling scaling)
    {
        var sections = section.Sections("disks", AppTomlSchema.Disk);
        if (sections.Count == 0)
            return [];
        if (scaling is not { Mode: ScalingMode.Fixed, Instances: 1 })
            section.Error("disks", DefinitionMessages.DiskNeedsOneInstance(section.Path, scaling));
        var disks = DiskReader.Read(sections);
        section.Error("disks", DefinitionMessages.DisksNotYet(section.Path));
        return disks;
    }
}
