using Berth.Definitions.Toml;
using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>Reads app.toml. All mistakes in keys and values are told at once; with a mistake in the TOML itself only those of the TOML.</summary>
internal static class AppTomlReader
{
    public static (AppTomlFile File, IReadOnlyList<Diagnostic> Diagnostics) Read(string name, ReadOnlySpan<byte> bytes, DefinitionLimits limits)
    {
        var document = TomlReader.Read(name, bytes, limits);
        // What is missing from a table may stand in a line that could not be read.
        if (document.Source is null || !document.IsValid)
            return (new AppTomlFile(), document.Diagnostics);
        var diagnostics = new FileDiagnostics(document.Source, limits);
        var app = TomlSection.Open(document.Root, "", AppTomlSchema.App, diagnostics);
        var env = EnvReader.Read(app, service: null);
        var services = ReadServices(app, diagnostics, limits.MaxServices);
        var web = app.Flag("web");
        if (web == true && !services.Exists(service => service.Name == "web"))
            services.Add(new AppTomlService { Name = "web", Source = $"{name}:{document.Source.LineOf(document.Root.Find("web")!.KeyOffset)}" });
        var file = new AppTomlFile
        {
            Name = ReadName(app),
            Env = env.Variables,
            RequiredEnv = [.. env.Required, .. services.SelectMany(service => service.RequiredEnv)],
            SensitiveEnv = [.. env.Sensitive, .. services.SelectMany(service => service.SensitiveEnv)],
            Web = web,
            Services = services,
            Release = TaskReader.ReadRelease(app, diagnostics),
            Crons = CronReader.Read(app, diagnostics, limits),
            Build = ReadBuild(app),
        };
        return (file, diagnostics.ToList());
    }

    private static string? ReadName(TomlSection app)
    {
        if (app.Text("name") is not { } name)
            return null;
        if (Names.AppProblem(name) is not { } problem)
            return name;
        app.Error("name", DefinitionMessages.BadAppName(problem, Names.ToAppName(name)));
        return null;
    }

    private static List<AppTomlService> ReadServices(TomlSection app, FileDiagnostics diagnostics, int maxServices)
    {
        List<AppTomlService> services = [];
        var byName = new Dictionary<string, AppTomlService>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, section, offset) in app.NamedSections("services", AppTomlSchema.Service))
        {
            if (services.Count == maxServices)
                diagnostics.Error(offset, DefinitionMessages.TooManyServices(maxServices));
            if (services.Count == maxServices || diagnostics.IsFull)
                break;
            var source = diagnostics.Source;
            if (Names.ServiceProblem(name) is { } problem)
                diagnostics.Error(offset, DefinitionMessages.BadServiceName(problem));
            else if (name == "release")
                diagnostics.Error(offset, DefinitionMessages.ReleaseIsNoService());
            var service = AppTomlServiceReader.Read(section, name, $"{source.Name}:{source.LineOf(offset)}");
            if (byName.TryAdd(name, service))
                services.Add(service);
            else
                diagnostics.Error(offset, DefinitionMessages.ServiceNamesClash(name, byName[name].Name, byName[name].Source));
        }
        return services;
    }

    private static BuildDefinition ReadBuild(TomlSection app)
    {
        var include = app.Texts("include") ?? [];
        if (include.Any(string.IsNullOrWhiteSpace))
            app.Error("include", DefinitionMessages.BlankValue("include"));
        if (app.Section("build", AppTomlSchema.Build) is not { } build)
            return new BuildDefinition { Include = include };
        var commands = build.Texts("onbuild") ?? [];
        if (commands.Any(string.IsNullOrWhiteSpace))
            build.Error("onbuild", DefinitionMessages.BlankValue("build.onbuild"));
        var dockerfile = build.Word("dockerfile");
        if (dockerfile is not null && !IsInsideSource(dockerfile))
            build.Error("dockerfile", DefinitionMessages.PathOutside("build.dockerfile", dockerfile));
        return new BuildDefinition
        {
            Dockerfile = dockerfile,
            Version = build.Word("version"),
            OnBuild = commands,
            Base = build.Word("base"),
            Include = include,
        };
    }

    private static bool IsInsideSource(string path) =>
        path[0] != '/' && !path.Contains('\\', StringComparison.Ordinal) && !path.Split('/').Contains("..");
}
