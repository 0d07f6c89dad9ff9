using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>Where one Docker Engine keeps its data, and what that takes.</summary>
internal sealed class DockerUsage(DockerClient client, DockerEngineOptions options)
{
    private const string NoTag = "<none>:<none>";

    public async Task<string?> DataFolderAsync(CancellationToken ct)
    {
        var reply = await client.GetAsync("/info", ct);
        return reply.Ok ? reply.Read(DockerJson.Default.EngineDetails).DockerRootDir : throw reply.Failure("ask where the engine keeps its data");
    }

    public async Task<EngineUsage> ReadAsync(CancellationToken ct)
    {
        // The engine walks its whole disk for this, which may take a while.
        var reply = await client.SendAsync(HttpMethod.Get, "/system/df", null, options.WorkTimeout, ct);
        if (!reply.Ok)
            throw reply.Failure("ask what takes the engine's disk");
        var usage = reply.Read(DockerJson.Default.DiskUsage);
        return new()
        {
            LayerBytes = usage.LayersSize,
            Images = [.. (usage.Images ?? []).Select(Image)],
            SandboxBytes = (usage.Containers ?? []).Select(c => (App: AppOf(c.Labels), c.SizeRw)).Where(c => c.App is not null)
                .GroupBy(c => c.App!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(c => c.SizeRw), StringComparer.Ordinal),
            CacheBytes = (usage.BuildCache ?? []).Sum(c => c.Size),
        };
    }

    private ImageUsage Image(UsedImage image) =>
        new(image.Id, [.. (image.RepoTags ?? []).Where(t => t != NoTag)], AppOf(image.Labels), image.Size - Math.Max(0, image.SharedSize), DateTimeOffset.FromUnixTimeSeconds(image.Created));

    private string? AppOf(IReadOnlyDictionary<string, string>? labels) =>
        labels?.GetValueOrDefault(Labels.Owner) == options.Owner ? labels.GetValueOrDefault(Labels.App) : null;
}
