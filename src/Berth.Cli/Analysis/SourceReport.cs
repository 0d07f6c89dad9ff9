using Berth.Builds;
using Berth.Cli.Settings;
using Berth.Contracts;
using Berth.Definitions;
using Berth.Definitions.CfManifest;
using Berth.Model;

namespace Berth.Cli.Analysis;

/// <summary>What a deployment would make of an app's source or image, found out by the code that the deployment itself uses; nothing is built or changed.</summary>
internal static class SourceReport
{
    private const string BuiltImage = "built from source";

    /// <param name="folder">Of the app's source.</param>
    /// <param name="definition">The file that was chosen, with its variables; null: the folder's own.</param>
    public static (AnalysisReport Report, AppDefinition? Definition) OfFolder(string app, string folder, PushedDefinition? definition)
    {
        var sources = new DefinitionSources { ReadFile = path => AppFiles.ReadFile(folder, path), App = app };
        IReadOnlyList<Diagnostic> problems = [];
        if (definition is not null)
        {
            (var variables, problems) = ManifestVariables.Read(definition.VariableFiles, definition.Variables, sources.Limits);
            sources = sources with { Chosen = definition.File, Variables = variables };
        }
        var analysis = SourceAnalysis.Of(folder, sources);
        problems = [.. problems, .. analysis.Diagnostics];
        if (analysis is { NeedsBuild: true, Plan.Error: { } nothingToBuild })
            return (Refused(app, [.. problems, nothingToBuild]), null);
        var image = analysis.Plan.Dockerfile is { } dockerfile ? RunInstructions.Of(analysis.Folder, dockerfile) : null;
        IReadOnlyList<string> build = analysis.NeedsBuild ? analysis.Plan.Reasons : [];
        return Finish(app, analysis.Definition, problems, build, analysis.Definition?.Image ?? BuiltImage, image);
    }

    /// <param name="procfile">Sent along; null: none.</param>
    /// <param name="image">Null: the engine does not have it, and what it runs is not known before it is pulled.</param>
    public static (AnalysisReport Report, AppDefinition? Definition) OfImage(string app, string reference, byte[]? procfile, ImageInfo? image)
    {
        var result = DefinitionReader.Read(new DefinitionSources { ReadFile = _ => null, Procfile = procfile, App = app });
        return Finish(app, result.Definition, result.Diagnostics, [image is null ? $"image {reference} would be pulled" : $"image {reference} is in the engine"], reference, image);
    }

    public static AnalysisReport Refused(string app, IReadOnlyList<Diagnostic> problems) => new()
    {
        App = app,
        Errors = Of(problems, Severity.Error),
        Warnings = Of(problems, Severity.Warning),
    };

    private static (AnalysisReport, AppDefinition?) Finish(
        string app, AppDefinition? definition, IReadOnlyList<Diagnostic> problems, IReadOnlyList<string> build, string imageName, ImageInfo? image)
    {
        if (definition is null)
            return (Refused(app, problems), null);
        if (image is not null || definition.Services.Count == 0)
        {
            // An image that cannot be looked at is taken to run something by itself: only its build or its pull can tell.
            var complete = ImageServices.Complete(definition, image is { HasCommand: true } ? image : UnknownCommand(image), imageName);
            problems = [.. problems, .. complete.Diagnostics];
            if (complete.Definition is null)
                return (Refused(app, problems), null);
            definition = complete.Definition;
        }
        var report = Refused(app, problems) with
        {
            Build = build,
            Services = [.. definition.Services.Select(service => ServiceReport.Of(service, imageName, image))],
            Crons = [.. definition.Crons.Select(Cron)],
        };
        return (report, definition);
    }

    private static CronInfo Cron(CronDefinition cron) => new()
    {
        Name = cron.Name,
        Schedule = cron.Schedule,
        TimeZone = cron.TimeZone,
        Command = cron.Command,
        Service = cron.Service,
        Overlap = cron.Overlap,
        Timeout = GoDuration.Format(cron.Timeout),
    };

    private static ImageInfo UnknownCommand(ImageInfo? image) => (image ?? new ImageInfo { Id = "", Architecture = "" }) with { Cmd = ["?"] };

    private static IReadOnlyList<DiagnosticInfo> Of(IReadOnlyList<Diagnostic> problems, Severity severity) =>
        [.. problems.Where(problem => problem.Severity == severity).Select(AppFiles.ToInfo)];
}
