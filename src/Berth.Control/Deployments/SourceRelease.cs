using Berth.Builds;
using Berth.Builds.Sources;
using Berth.Definitions;
using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>A release from a folder that was uploaded as a tar: unpacked, read, built.</summary>
/// <param name="archive">The tar on disk; removed at the end.</param>
/// <param name="workFolder">Folder of its own, not there yet; removed at the end.</param>
internal sealed class SourceRelease(string archive, string workFolder, string? commit, bool force, ImageBuilder builder, ServiceImages images, SourceLimits limits) : IReleaseSource
{
    public string Description => commit is null ? "deploy" : $"deploy {commit}";

    public bool Force => force;

    public async Task<PrepareResult> PrepareAsync(PrepareContext context, CancellationToken ct)
    {
        context.Phase(DeploymentPhase.Receive);
        if (await UnpackAsync(ct) is { } broken)
            return PrepareResult.Failed.From([broken]);

        context.Phase(DeploymentPhase.Analyze);
        var (definition, plan, problems) = Analyze(workFolder);
        foreach (var warning in problems.Where(d => d.Severity == Severity.Warning))
            context.Log.Diagnostic(context.Deployment, warning);
        if (definition is null)
            return PrepareResult.Failed.From(problems);
        if (RequiredVariables.Missing(definition, context.Config) is { } missing)
            return PrepareResult.Failed.From([missing]);
        foreach (var service in definition.Services)
            context.Log.Info(context.Deployment, $"service {service.Name} from {service.Source}");

        context.Phase(DeploymentPhase.Build);
        if (definition.Services.Count > 0 && definition.Services.All(s => s.Image is not null))
            return await images.CompleteAsync(definition, appImage: null, "", context, commit, ct);
        if (plan.Error is { } nothingToBuild)
            return PrepareResult.Failed.From([nothingToBuild]);
        var built = await builder.BuildAsync(new() { App = context.App, DeploymentId = context.Deployment, SourceDirectory = workFolder, Definition = definition.Build }, context.Output, ct);
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

    /// <summary>
    /// The files are read twice where a stack is detected: what app.toml says under [build] decides the stack, and the stack's default
    /// command can be a service.
    /// </summary>
    private static (AppDefinition? Definition, BuildPlan Plan, IReadOnlyList<Diagnostic> Problems) Analyze(string folder)
    {
        var sources = new DefinitionSources { ReadFile = path => SourceFiles.Read(folder, path) };
        var first = DefinitionReader.Read(sources);
        var plan = ImageBuilder.Plan(folder, first.Definition?.Build ?? new());
        if (first.Definition is null || plan is not { Stack: { } stack, DefaultWebCommand: { } command })
            return (first.Definition, plan, first.Diagnostics);
        var second = DefinitionReader.Read(sources with { Stack = new StackDefault(stack, command) });
        return (second.Definition, plan, second.Diagnostics);
    }
}
