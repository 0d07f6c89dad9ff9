using System.Globalization;
using Berth.Definitions.AppToml;
using Berth.Definitions.CfManifest;
using Berth.Definitions.Procfile;
using Berth.Model;

namespace Berth.Definitions;

/// <summary>Reads all files that define an app and combines them (SPEC section 2). Pure: files come in through <see cref="DefinitionSources"/>.</summary>
public static class DefinitionReader
{
    public const string BerthAppToml = ".berth/app.toml";
    public const string MirenAppToml = ".miren/app.toml";
    public const string ManifestYml = "manifest.yml";
    public const string ManifestYaml = "manifest.yaml";
    public const string ProcfileName = "Procfile";

    internal static readonly string[] AppTomls = [BerthAppToml, MirenAppToml];

    /// <summary>
    /// The definition before the build. It may have no service yet: then <see cref="ImageServices.Complete"/> asks the image.
    /// The errors of all files come together.
    /// </summary>
    public static DefinitionResult Read(DefinitionSources sources)
    {
        if (ManifestDefinition.Find(sources) is { } manifest)
            return ManifestDefinition.Read(manifest, sources);
        List<Diagnostic> diagnostics = [];
        var appToml = ReadAppToml(sources, diagnostics);
        var procfile = ReadProcfile(sources, diagnostics);
        var (services, clashes) = ServiceCombiner.Combine(appToml.Services, procfile, appToml.Web == false ? null : sources.Stack);
        diagnostics.AddRange(clashes);
        if (appToml.Web == false && services.Count == 0)
            diagnostics.Add(DefinitionMessages.OnlyNoWeb().In(null));
        diagnostics.AddRange(appToml.Crons.SelectMany(cron => ProblemsOf(cron, services).Select(problem => At(cron.Source, problem))));
        var definition = new AppDefinition
        {
            Name = appToml.Name,
            Env = appToml.Env,
            RequiredEnv = appToml.RequiredEnv,
            SensitiveEnv = [.. appToml.SensitiveEnv.Distinct()],
            Services = services,
            Crons = appToml.Crons,
            ReleaseCommand = appToml.Release ?? procfile?.Release?.Command,
            Build = appToml.Build,
        };
        return DefinitionResult.Of(definition, diagnostics);
    }

    private static IEnumerable<Problem> ProblemsOf(CronDefinition cron, IReadOnlyList<ServiceDefinition> services)
    {
        if (services.Any(s => s.Name == cron.Name))
            yield return DefinitionMessages.CronNamedAsService(cron.Name);
        // Before the build it may not be known yet what services there are.
        if (services.Count > 0 && cron.Service is { } service && services.All(s => s.Name != service))
            yield return DefinitionMessages.CronOfNoService(cron.Name, service, [.. services.Select(s => s.Name)]);
    }

    /// <param name="source"><c>.berth/app.toml:12</c></param>
    private static Diagnostic At(string source, Problem problem)
    {
        var colon = source.LastIndexOf(':');
        return problem.In(source[..colon]) with { Line = int.Parse(source.AsSpan(colon + 1), CultureInfo.InvariantCulture), Column = 1 };
    }

    private static AppTomlFile ReadAppToml(DefinitionSources sources, List<Diagnostic> diagnostics)
    {
        var present = sources.Chosen is { } chosen ? [(Path: chosen.Name, Bytes: (byte[]?)chosen.Bytes)] : AppTomls
            .Select(path => (Path: path, Bytes: sources.ReadFile(path)))
            .Where(file => file.Bytes is not null)
            .ToList();
        if (present.Count > 1)
            diagnostics.Add(DefinitionMessages.TwoAppTomls(BerthAppToml, MirenAppToml).In(MirenAppToml));
        if (present.Count != 1)
            return new AppTomlFile();
        var (file, problems) = AppTomlReader.Read(present[0].Path, present[0].Bytes, sources.Limits);
        diagnostics.AddRange(problems);
        return file;
    }

    internal static ProcfileContent? ReadProcfile(DefinitionSources sources, List<Diagnostic> diagnostics)
    {
        var name = sources.Procfile is null ? ProcfileName : sources.ProcfileName ?? ProcfileName;
        if ((sources.Procfile ?? sources.ReadFile(ProcfileName)) is not { } bytes)
            return null;
        var content = ProcfileReader.Read(name, bytes, sources.Limits);
        diagnostics.AddRange(content.Diagnostics);
        return content;
    }
}
