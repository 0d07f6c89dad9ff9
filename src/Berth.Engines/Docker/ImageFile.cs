using System.Formats.Tar;
using System.Net;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// Reads a file out of an image. The engine gives files of containers only, so one is made from the image, never started, and
/// removed again. A kill in between leaves it behind; <see cref="RemoveLeftoversAsync"/> finds it by its label.
/// </summary>
internal sealed class ImageFile(DockerClient client, DockerEngineOptions options)
{
    /// <summary>Links followed from the path that was asked for to the file.</summary>
    private const int MaxLinks = 5;

    public async Task<byte[]?> ReadAsync(string imageId, string path, int maxBytes, CancellationToken ct)
    {
        var container = await CreateAsync(imageId, ct);
        try
        {
            for (int links = 0; links <= MaxLinks; links++)
            {
                var (bytes, target) = await ReadEntryAsync(container, imageId, path, maxBytes, ct);
                if (target is null)
                    return bytes;
                path = target.StartsWith('/') ? target : path[..(path.LastIndexOf('/') + 1)] + target;
            }
            throw new EngineException(EngineError.Refused, EngineMessages.TooManyLinks(imageId, path));
        }
        finally
        {
            // Also when cancelled: the container must not stay.
            await RemoveAsync(container, CancellationToken.None);
        }
    }

    public async Task RemoveLeftoversAsync(CancellationToken ct)
    {
        var filter = DockerFilter.Owned(options.Owner, null, [("label", [$"{Labels.Role}={RoleNames.Reader}"])]);
        var reply = await client.GetAsync($"/containers/json?all=1&filters={filter}", ct);
        if (!reply.Ok)
            throw reply.Failure("list containers left behind");
        foreach (var container in reply.Read(DockerJson.Default.IReadOnlyListContainerSummary))
            await RemoveAsync(container.Id, ct);
    }

    private async Task<string> CreateAsync(string imageId, CancellationToken ct)
    {
        var body = DockerClient.Json(new ContainerCreate
        {
            Image = imageId,
            // It never runs, but an image without CMD wants one.
            Cmd = ["none"],
            Labels = new Dictionary<string, string> { [Labels.Owner] = options.Owner, [Labels.Role] = RoleNames.Reader },
        }, DockerJson.Default.ContainerCreate);
        var reply = await client.SendAsync(HttpMethod.Post, "/containers/create", body, options.WorkTimeout, ct);
        if (reply.Status == HttpStatusCode.NotFound)
            throw new EngineException(EngineError.ImageMissing, EngineMessages.ImageGone(imageId));
        return reply.Ok ? reply.Read(DockerJson.Default.Created).Id : throw reply.Failure($"look into image {imageId}");
    }

    /// <summary>The file's bytes, or where the link that stands there leads to; neither where there is no file.</summary>
    private async Task<(byte[]? Bytes, string? Target)> ReadEntryAsync(string container, string imageId, string path, int maxBytes, CancellationToken ct)
    {
        using var answer = await client.OpenAsync(HttpMethod.Get, $"/containers/{container}/archive?path={Uri.EscapeDataString(path)}", null, ct);
        if (answer.Refusal is { } refusal)
            return refusal.Status == HttpStatusCode.NotFound ? (null, null) : throw refusal.Failure($"read {path} in image {imageId}");
        try
        {
            await using var tar = new TarReader(answer.Body, leaveOpen: true);
            var entry = await tar.GetNextEntryAsync(copyData: false, ct);
            switch (entry?.EntryType)
            {
                case TarEntryType.SymbolicLink:
                    return (null, entry.LinkName);
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                    if (entry.Length > maxBytes)
                        throw new EngineException(EngineError.Refused, EngineMessages.FileTooLarge(imageId, path, entry.Length, maxBytes));
                    var bytes = new byte[entry.Length];
                    if (entry.DataStream is { } data)
                        await data.ReadExactlyAsync(bytes, ct);
                    return (bytes, null);
                default:
                    return (null, null);
            }
        }
        catch (Exception e) when (DockerClient.IsBroken(e))
        {
            throw client.Unreachable(e);
        }
    }

    private async Task RemoveAsync(string container, CancellationToken ct)
    {
        var reply = await client.SendAsync(HttpMethod.Delete, $"/containers/{container}?force=1&v=1", null, options.WorkTimeout, ct);
        if (!reply.Ok && reply.Status is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict))
            throw reply.Failure($"remove container {container}");
    }
}
