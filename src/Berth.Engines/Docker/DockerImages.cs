using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>The images of one Docker Engine. Safe for use by many callers at once.</summary>
public sealed class DockerImages : IImageStore, IDisposable
{
    /// <summary>Docker's own period for CPU quotas, in microseconds.</summary>
    private const int CpuPeriod = 100_000;

    private readonly DockerClient _client;
    private readonly DockerEngineOptions _options;
    private readonly ImageFile _files;
    private readonly TimeProvider _time;
    private readonly DockerUsage _usage;

    public DockerImages(DockerEngineOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _client = new DockerClient(options, time);
        _files = new ImageFile(_client, options);
        _usage = new DockerUsage(_client, options);
    }

    public async Task<ImageInfo?> FindImageAsync(string reference, CancellationToken ct)
    {
        var reply = await _client.GetAsync(ImageReference.Path(reference) + "/json", ct);
        if (reply.Status == HttpStatusCode.NotFound)
            return null;
        return reply.Ok ? ImageDescription.From(reply.Read(DockerJson.Default.ImageDetails)) : throw reply.Failure($"look at image {reference}");
    }

    public async Task<ImageInfo> PullImageAsync(string reference, Action<string> progress, CancellationToken ct)
    {
        var name = ImageReference.Parse(reference);
        var path = $"/images/create?fromImage={Uri.EscapeDataString(name.Repository)}&tag={Uri.EscapeDataString(name.Tag)}";
        var lines = new PullProgress(progress);
        using (var answer = await _client.OpenAsync(HttpMethod.Post, path, null, ct))
        {
            if (answer.Refusal is { } refusal)
                throw PullFailure(reference, refusal.Reason, missing: refusal.Status == HttpStatusCode.NotFound);
            await foreach (var message in answer.ReadJsonAsync(DockerJson.Default.ProgressMessage, ct))
            {
                if (message.Error is { } error)
                    throw PullFailure(reference, error, missing: false);
                lines.Take(message);
            }
        }
        var image = await FindImageAsync(reference, ct) ?? throw new EngineException(EngineError.ImageMissing, EngineMessages.ImageGone(reference));
        await CheckArchitectureAsync(reference, image, ct);
        return image;
    }

    /// <remarks>The image gets the owner's label besides those of <paramref name="build"/>, so that <see cref="ListImagesAsync"/> finds it.</remarks>
    public async Task<ImageInfo> BuildImageAsync(ImageBuild build, Stream context, Action<string> output, CancellationToken ct)
    {
        var pulls = new PullProgress(line => output(line + "\n"));
        var steps = new BuildSteps(_client, _time);
        using (var answer = await _client.OpenAsync(HttpMethod.Post, "/build?" + BuildQuery(build), DockerClient.Tar(context), ct))
        {
            if (answer.Refusal is { } refusal)
                throw BuildFailure(refusal.Reason);
            await foreach (var message in answer.ReadJsonAsync(DockerJson.Default.ProgressMessage, ct))
            {
                if (message.Error is { } error)
                    throw await steps.RanOutOfMemoryAsync(ct) ? new EngineException(EngineError.OutOfMemory, EngineMessages.BuildFailed(error)) : BuildFailure(error);
                if (message.Stream is { } text)
                {
                    steps.Take(text);
                    output(text);
                }
                else
                    pulls.Take(message);
            }
        }
        return await GetAsync(build.Tag, ct);
    }

    public async Task<ImageInfo> ImportImageAsync(string reference, Stream rootTar, IReadOnlyList<string> changes, CancellationToken ct)
    {
        var name = ImageReference.Parse(reference);
        var path = new StringBuilder($"/images/create?fromSrc=-&repo={Uri.EscapeDataString(name.Repository)}&tag={Uri.EscapeDataString(name.Tag)}");
        foreach (var change in changes)
            path.Append("&changes=").Append(Uri.EscapeDataString(change));
        using (var answer = await _client.OpenAsync(HttpMethod.Post, path.ToString(), DockerClient.Tar(rootTar), ct))
        {
            if (answer.Refusal is { } refusal)
                throw refusal.Failure($"import image {reference}");
            await foreach (var message in answer.ReadJsonAsync(DockerJson.Default.ProgressMessage, ct))
                if (message.Error is { } error)
                    throw Failure($"import image {reference}", error, EngineError.Refused);
        }
        return await GetAsync(reference, ct);
    }

    public Task<byte[]?> ReadFileAsync(string imageId, string path, int maxBytes, CancellationToken ct) =>
        _files.ReadAsync(imageId, path, maxBytes, ct);

    /// <summary>
    /// Removes what a kill in the middle of <see cref="ReadFileAsync"/> left in the engine. For the start of the program: a file that is being
    /// read meanwhile would fail.
    /// </summary>
    public Task RemoveLeftoversAsync(CancellationToken ct) => _files.RemoveLeftoversAsync(ct);

    public async Task TagImageAsync(string imageId, string reference, CancellationToken ct)
    {
        var name = ImageReference.Parse(reference);
        var path = $"{ImageReference.Path(imageId)}/tag?repo={Uri.EscapeDataString(name.Repository)}&tag={Uri.EscapeDataString(name.Tag)}";
        var reply = await _client.SendAsync(HttpMethod.Post, path, null, _options.CallTimeout, ct);
        if (reply.Status == HttpStatusCode.NotFound)
            throw new EngineException(EngineError.ImageMissing, EngineMessages.ImageGone(imageId));
        if (!reply.Ok)
            throw reply.Failure($"tag image {imageId} as {reference}");
    }

    public async Task<bool> RemoveImageAsync(string reference, CancellationToken ct)
    {
        var reply = await _client.SendAsync(HttpMethod.Delete, ImageReference.Path(reference), null, _options.WorkTimeout, ct);
        return reply.Status switch
        {
            HttpStatusCode.Conflict => false,
            HttpStatusCode.NotFound => true,
            _ => reply.Ok ? true : throw reply.Failure($"remove image {reference}"),
        };
    }

    public Task<IReadOnlyList<ImageInfo>> ListImagesAsync(string? app, CancellationToken ct) =>
        ListAsync(DockerFilter.Owned(_options.Owner, app, [("label", [Labels.App])]), ct);

    public Task<IReadOnlyList<ImageInfo>> ListImagesByNameAsync(string pattern, CancellationToken ct) =>
        ListAsync(DockerFilter.Of(("reference", [pattern])), ct);

    public void Dispose() => _client.Dispose();

    private async Task<IReadOnlyList<ImageInfo>> ListAsync(string filter, CancellationToken ct)
    {
        var reply = await _client.GetAsync($"/images/json?filters={filter}", ct);
        if (!reply.Ok)
            throw reply.Failure("list the images");
        var images = new List<ImageInfo>();
        foreach (var summary in reply.Read(DockerJson.Default.IReadOnlyListImageSummary))
            if (await FindImageAsync(summary.Id, ct) is { } image)
                images.Add(image);
        return images;
    }

    public Task<EngineUsage> UsageAsync(CancellationToken ct) => _usage.ReadAsync(ct);

    public Task<string?> DataFolderAsync(CancellationToken ct) => _usage.DataFolderAsync(ct);

    private string BuildQuery(ImageBuild build)
    {
        var labels = new Dictionary<string, string>(build.Labels) { [Labels.Owner] = _options.Owner };
        var query = new StringBuilder("version=1&rm=1&forcerm=1");
        Add("t", build.Tag);
        Add("dockerfile", build.Dockerfile);
        Add("networkmode", _options.BuildNetwork);
        Add("labels", ToJson(labels, DockerJson.Default.IReadOnlyDictionaryStringString));
        if (build.CacheFrom.Count > 0)
            Add("cachefrom", ToJson(build.CacheFrom, DockerJson.Default.IReadOnlyListString));
        if (build.MemoryBytes is { } memory)
        {
            Add("memory", memory.ToString(CultureInfo.InvariantCulture));
            Add("memswap", memory.ToString(CultureInfo.InvariantCulture));
        }
        if (build.Cpu is { } cpu)
        {
            Add("cpuperiod", CpuPeriod.ToString(CultureInfo.InvariantCulture));
            Add("cpuquota", ((long)(cpu * CpuPeriod)).ToString(CultureInfo.InvariantCulture));
        }
        if (build.CpuShares is { } shares)
            Add("cpushares", shares.ToString(CultureInfo.InvariantCulture));
        return query.ToString();

        void Add(string key, string value) => query.Append('&').Append(key).Append('=').Append(Uri.EscapeDataString(value));
    }

    private static string ToJson<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);

    private async Task<ImageInfo> GetAsync(string reference, CancellationToken ct) =>
        await FindImageAsync(reference, ct) ?? throw new EngineException(EngineError.ImageMissing, EngineMessages.ImageGone(reference));

    private async Task CheckArchitectureAsync(string reference, ImageInfo image, CancellationToken ct)
    {
        var engine = (await _client.VersionAsync(ct)).Arch;
        if (image.Architecture.Length > 0 && engine.Length > 0 && image.Architecture != engine)
            throw new EngineException(EngineError.WrongArchitecture, EngineMessages.WrongArchitecture(reference, image.Architecture, engine));
    }

    private static EngineException PullFailure(string reference, string reason, bool missing) => reason switch
    {
        _ when DockerTexts.IsDiskFull(reason) => new EngineException(EngineError.DiskFull, EngineMessages.Failed($"pull image {reference}", reason)),
        _ when DockerTexts.IsWrongArchitecture(reason) => new EngineException(EngineError.WrongArchitecture, EngineMessages.NoMatchingArchitecture(reference, reason)),
        _ when missing || DockerTexts.IsImageMissing(reason) => new EngineException(EngineError.ImageMissing, EngineMessages.ImageMissing(reference, reason)),
        _ => new EngineException(EngineError.RegistryFailed, EngineMessages.RegistryFailed(reference, reason)),
    };

    private static EngineException BuildFailure(string reason) =>
        DockerTexts.IsDiskFull(reason)
            ? Failure("build the image", reason, EngineError.DiskFull)
            : new EngineException(EngineError.BuildFailed, EngineMessages.BuildFailed(reason));

    private static EngineException Failure(string what, string reason, EngineError error) =>
        new(DockerTexts.IsDiskFull(reason) ? EngineError.DiskFull : error, EngineMessages.Failed(what, reason));
}
