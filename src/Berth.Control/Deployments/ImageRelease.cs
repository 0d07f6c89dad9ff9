using Berth.Builds;
using Berth.Builds.Sources;
using Berth.Definitions;
using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>A release from an image: with the files that were sent along (a Procfile, an app.toml), else with the Procfile inside the image, else its CMD.</summary>
/// <param name="archive">Tar of the files sent along; null: none. Removed at the end.</param>
/// <param name="workFolder">Folder of its own, not there yet; removed at the end.</param>
internal sealed class ImageRelease(string reference, string? archive, string workFolder, bool force, ImageBuilder builder, IImageStore store, ServiceImages images, SourceLimits limits) : IReleaseSource
{
    private const string ProcfileInImage = "/.aptible/Procfile";
    private const int MaxProcfileBytes = 1 << 20;

    public string Description => $"deploy image {reference}";

    public bool Force => force;

    public async Task<PrepareResult> PrepareAsync(PrepareContext context, CancellationToken ct)
    {
        context.Phase(DeploymentPhase.Receive);
        if (archive is not null)
        {
            await using var tar = File.OpenRead(archive);
            var unpacked = await SourceArchive.UnpackAsync(tar, workFolder, limits, ct);
            if (unpacked.Error is { } broken)
                return PrepareResult.Failed.From([broken]);
        }

        context.Phase(DeploymentPhase.Build);
        var resolved = await builder.ResolveServiceImageAsync(reference, context.Output, ct);
        if (resolved.Image is not { } image)
            return PrepareResult.Failed.From([resolved.Error!]);

        context.Phase(DeploymentPhase.Analyze);
        var sources = new DefinitionSources { ReadFile = path => archive is null ? null : SourceFiles.Read(workFolder, path), App = context.App };
        var sentProcfile = archive is not null && SourceFiles.Read(workFolder, "Procfile") is not null;
        if (!sentProcfile && await store.ReadFileAsync(image.Id, ProcfileInImage, MaxProcfileBytes, ct) is { } procfile)
            sources = sources with { Procfile = procfile, ProcfileName = ProcfileInImage };
        var read = DefinitionReader.Read(sources);
        foreach (var warning in read.Diagnostics.Where(d => d.Severity == Severity.Warning))
            context.Log.Diagnostic(context.Deployment, warning);
        if (read.Definition is null)
            return PrepareResult.Failed.From(read.Diagnostics);
        return RequiredVariables.Missing(read.Definition, context.Config) is { } missing
            ? PrepareResult.Failed.From([missing])
            : await images.CompleteAsync(read.Definition, image, reference, context, commit: null, ct);
    }

    public void Clean()
    {
        if (archive is not null)
            File.Delete(archive);
        if (Directory.Exists(workFolder))
            Directory.Delete(workFolder, recursive: true);
    }
}
