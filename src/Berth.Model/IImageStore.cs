namespace Berth.Model;

/// <summary>What Berth needs to know of an image.</summary>
public sealed record ImageInfo
{
    /// <summary><c>sha256:…</c>.</summary>
    public required string Id { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    public IReadOnlyList<string> Cmd { get; init; } = [];

    /// <summary><c>KEY=value</c> as in the image.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>EXPOSEd TCP ports, ascending.</summary>
    public IReadOnlyList<int> ExposedTcpPorts { get; init; } = [];

    public string WorkingDir { get; init; } = "";

    public string User { get; init; } = "";

    public string? StopSignal { get; init; }

    /// <summary>The app that Berth built it for; null: it was not built by Berth.</summary>
    public string? App { get; init; }

    /// <summary><c>amd64</c>, <c>arm64</c> …</summary>
    public required string Architecture { get; init; }

    public long SizeBytes { get; init; }

    public bool HasCommand => Entrypoint.Count > 0 || Cmd.Count > 0;
}

/// <summary>The engine's images.</summary>
public interface IImageStore
{
    /// <summary>Null if the engine does not have it.</summary>
    Task<ImageInfo?> FindImageAsync(string reference, CancellationToken ct);

    /// <summary>Fetches from a registry; <paramref name="progress"/> gets lines for people.</summary>
    Task<ImageInfo> PullImageAsync(string reference, Action<string> progress, CancellationToken ct);

    /// <summary>Builds by Dockerfile from a tar stream (uncompressed); <paramref name="output"/> gets the build's text as it comes.</summary>
    /// <exception cref="EngineException">With <see cref="EngineError.OutOfMemory"/> if a step was killed for its memory.</exception>
    Task<ImageInfo> BuildImageAsync(ImageBuild build, Stream context, Action<string> output, CancellationToken ct);

    /// <summary>Makes an image of one layer from a root file system's tar.</summary>
    Task<ImageInfo> ImportImageAsync(string reference, Stream rootTar, IReadOnlyList<string> changes, CancellationToken ct);

    /// <summary>A file's bytes from inside an image; null where there is none. At most <paramref name="maxBytes"/> are read; more is an error.</summary>
    Task<byte[]?> ReadFileAsync(string imageId, string path, int maxBytes, CancellationToken ct);

    Task TagImageAsync(string imageId, string reference, CancellationToken ct);

    /// <summary>Removes a tag or an image; nothing happens if it is gone. False if it is in use.</summary>
    Task<bool> RemoveImageAsync(string reference, CancellationToken ct);

    /// <summary>Images with the label <c>berth.app</c>, of all apps or of one.</summary>
    Task<IReadOnlyList<ImageInfo>> ListImagesAsync(string? app, CancellationToken ct);

    /// <summary>Images by name, whoever made them.</summary>
    /// <param name="pattern"><c>stack/*</c>: a star stands for anything but a slash.</param>
    Task<IReadOnlyList<ImageInfo>> ListImagesByNameAsync(string pattern, CancellationToken ct);

    /// <summary>What the engine's disk is used for. The engine walks its whole disk for this.</summary>
    Task<EngineUsage> UsageAsync(CancellationToken ct);

    /// <summary>The folder in which the engine keeps images, on the machine that it runs on; null if it does not say.</summary>
    Task<string?> DataFolderAsync(CancellationToken ct);
}

public sealed record ImageBuild
{
    /// <summary>Tag of the result.</summary>
    public required string Tag { get; init; }

    /// <summary>Path of the Dockerfile inside the context.</summary>
    public required string Dockerfile { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Images whose layers may be reused.</summary>
    public IReadOnlyList<string> CacheFrom { get; init; } = [];

    /// <summary>Of each step.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Cores of each step.</summary>
    public double? Cpu { get; init; }

    /// <summary>Weight of each step where cores are short; a sandbox has 1024.</summary>
    public int? CpuShares { get; init; }
}
