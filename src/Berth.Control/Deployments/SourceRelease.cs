using Berth.Builds;
using Berth.Builds.Sources;
using Berth.Control.Secrets;
using Berth.Definitions;
using Berth.Definitions.CfManifest;
using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>A release from a folder that was uploaded as a tar: unpacked, read, built.</summary>
/// <param name="archive">The tar on disk; removed at the end.</param>
/// <param name="workFolder">Folder of its own, not there yet; removed at the end.</param>
/// <param name="randomRoute">Ask for a route chosen by chance, as if a manifest did.</param>
internal sealed class SourceRelease(string archive, string workFolder, string? commit, bool force, bool randomRoute, ImageBuilder builder, ServiceImages images, SourceLimits limits) : IReleaseSource
{
    public string Description => commit is null ? "deploy" : $"deploy {commit}";

    public bool Force => force;

    public async Task<PrepareResult> PrepareAsync(PrepareContext context, CancellationToken ct)
    {
        context.Phase(DeploymentPhase.Receive);
        if (await UnpackAsync(ct) is { } broken)
            return PrepareResult.Failed.From([broken]);

        context.Phase(DeploymentPhase.Analyze);
        var (sources, problems) = Sources(context.App);
        var analysis = SourceAnalysis.Of(workFolder, sources);
        problems = [.. problems, .. analysis.Diagnostics];
        foreach (var warning in problems.Where(d => d.Severity == Severity.Warning))
            context.Log.Diagnostic(context.Deployment, warning);
        if (analysis.Definition is not { } definition)
            return PrepareResult.Failed.From(problems);
        context.Conceal(SecretValues.Of(definition));
        if (randomRoute)
            definition = definition with { Routes = WithRandom(definition.Routes ?? new()) };
        if (RequiredVariables.Missing(definition, context.Config) is { } missing)
            return PrepareResult.Failed.From([missing]);
        foreach (var service in definition.Services)
            context.Log.Info(context.Deployment, $"service {service.Name} from {service.Source}");

        context.Phase(DeploymentPhase.Build);
        if (!analysis.NeedsBuild && definition.Image is null)
            return await images.CompleteAsync(definition, appImage: null, "", context, commit, ct);
        if (definition.Image is { } image)
        {
            var resolved = await builder.ResolveServiceImageAsync(image, context.Output, ct);
            return resolved.Image is null
                ? PrepareResult.Failed.From([resolved.Error!])
                : await images.CompleteAsync(definition, resolved.Image, image, context, commit, ct);
        }
        if (analysis.Plan.Error is { } nothingToBuild)
            return PrepareResult.Failed.From([nothingToBuild]);
        var built = await builder.BuildAsync(new() { App = context.App, DeploymentId = context.Deployment, SourceDirectory = analysis.Folder, Definition = definition.Build }, context.Output, ct);
        return built.Image is null
            ? PrepareResult.Failed.From([built.Error!]) with { LastLines = built.LastLines }
            : await images.CompleteAsync(definition, built.Image, "built from source", context, commit, ct);
    }

    public void Clean()
    {
        File.Delete(archive);
        if (Directory.Exists(workFolder))
            Directory.Delete(workFolder, recursive: true);
    }

    private async Task<Diagnostic?> UnpackAsync(CancellationToken ct)
    {
        await using var tar = File.OpenRead(archive);
        if (tar.Length > 0)
            return (await SourceArchive.UnpackAsync(tar, workFolder, limits, ct)).Error;
        // The tar of an empty folder has no bytes at all. What is missing in it is said by who misses it.
        Directory.CreateDirectory(workFolder);
        return null;
    }

    /// <summary>What the command line sent beside the source is taken out of it: values of variables do not belong into an image.</summary>
    private (DefinitionSources Sources, IReadOnlyList<Diagnostic> Problems) Sources(string app)
    {
        var sources = new DefinitionSources { ReadFile = path => SourceFiles.Read(workFolder, path), App = app };
        if (PushedDefinition.From(sources.ReadFile) is not { } pushed)
            return (sources, []);
        Directory.Delete(Path.Combine(workFolder, PushedDefinition.Folder), recursive: true);
        var (variables, problems) = ManifestVariables.Read(pushed.VariableFiles, pushed.Variables, sources.Limits);
        return (sources with { Chosen = pushed.File, Variables = variables }, problems);
    }

    private static RouteWishes WithRandom(RouteWishes wishes) => wishes with { Random = wishes is { None: false, Hosts.Count: 0 } };
}
