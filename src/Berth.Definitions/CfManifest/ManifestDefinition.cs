using Berth.Model;

namespace Berth.Definitions.CfManifest;

/// <summary>The definition of one app by a manifest: which manifest counts, which of its applications is meant, and what its Procfile adds.</summary>
internal static class ManifestDefinition
{
    /// <summary>In the order in which Cloud Foundry looks for them.</summary>
    private static readonly string[] Names = [DefinitionReader.ManifestYml, DefinitionReader.ManifestYaml];

    /// <summary>The manifest that defines the app; null: none does.</summary>
    public static ChosenFile? Find(DefinitionSources sources)
    {
        if (sources.Chosen is { } chosen)
            return chosen.IsAppToml ? null : chosen;
        return Names.Where(name => sources.ReadFile(name) is not null).Select(name => new ChosenFile(name, sources.ReadFile(name)!)).FirstOrDefault();
    }

    public static DefinitionResult Read(ChosenFile manifest, DefinitionSources sources)
    {
        var file = ManifestReader.Read(manifest.Name, manifest.Bytes, sources.Variables, sources.Limits, sources.App);
        List<Diagnostic> diagnostics = [.. OtherFiles(manifest, sources), .. file.Diagnostics];
        if (Choose(file, sources.App) is not { } application)
        {
            if (!file.HasErrors)
                diagnostics.Add(NotChosen(file, sources.App));
            return new DefinitionResult(null, diagnostics);
        }
        var path = sources.Chosen is null ? Inside(application, diagnostics) : null;
        var procfile = application.Image is null ? DefinitionReader.ReadProcfile(InFolder(sources, path), diagnostics) : null;
        var (services, problems) = ManifestServices.Combine(application, procfile, application.Image is null ? sources.Stack : null);
        diagnostics.AddRange(problems);
        var definition = new AppDefinition
        {
            Name = application.Name,
            Env = application.Env,
            EnvIsConfig = true,
            Services = services,
            ReleaseCommand = procfile?.Release?.Command,
            Build = new BuildDefinition { Stack = application.Stack },
            Path = path,
            Image = application.Image,
            Routes = application.Routes,
        };
        return DefinitionResult.Of(definition, diagnostics);
    }

    private static IEnumerable<Diagnostic> OtherFiles(ChosenFile manifest, DefinitionSources sources)
    {
        if (sources.Chosen is not null)
            yield break;
        if (DefinitionReader.AppTomls.FirstOrDefault(path => sources.ReadFile(path) is not null) is { } appToml)
            yield return ManifestMessages.AndAppToml(manifest.Name, appToml).In(manifest.Name);
        if (Names.FirstOrDefault(name => name != manifest.Name && sources.ReadFile(name) is not null) is { } other)
            yield return ManifestMessages.TwoManifests(manifest.Name, other).In(other) with { Severity = Severity.Warning };
    }

    private static ManifestApplication? Choose(ManifestFile file, string? app) =>
        file.Applications.Count == 1 ? file.Applications[0] : file.Applications.FirstOrDefault(application => app is not null && application.Name == app);

    private static Diagnostic NotChosen(ManifestFile file, string? app)
    {
        var names = file.Applications.Select(application => application.Name!);
        return (app is null ? ManifestMessages.SeveralApplications(names) : ManifestMessages.NoSuchApplication(app, names)).In(file.Name);
    }

    /// <summary>The folder of an application whose manifest came with the source; null: all of it.</summary>
    private static string? Inside(ManifestApplication application, List<Diagnostic> diagnostics)
    {
        if (application.Path is not { } path)
            return null;
        var parts = path.Split('/').Where(part => part is not ("" or ".")).ToArray();
        if (path[0] == '/' || path.Contains('\\', StringComparison.Ordinal) || parts.Contains(".."))
            diagnostics.Add(ManifestMessages.PathOutside($"application \"{application.Name}\"", path).In(application.File) with { Line = application.Line });
        return parts.Length == 0 ? null : string.Join('/', parts);
    }

    private static DefinitionSources InFolder(DefinitionSources sources, string? path) =>
        path is null ? sources : sources with { ReadFile = file => sources.ReadFile($"{path}/{file}") };
}
