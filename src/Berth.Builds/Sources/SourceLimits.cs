using Berth.Model;

namespace Berth.Builds.Sources;

/// <summary>What an uploaded source may be. More is refused and nothing of it is kept.</summary>
public sealed record SourceLimits
{
    /// <summary>Files, folders, links and headers in the archive; default 100,000.</summary>
    public int MaxEntries { get; init; } = 100_000;

    /// <summary>Bytes after unpacking, hard links counted as the copies they become; default 2 GiB.</summary>
    public long MaxBytes { get; init; } = 2 * ByteSize.GiB;

    /// <summary>UTF-8 bytes of a path; default 1024.</summary>
    public int MaxPathBytes { get; init; } = 1024;

    /// <summary>UTF-8 bytes of one name in a path; default 255, which is what Linux file systems take.</summary>
    public int MaxNameBytes { get; init; } = 255;

    /// <summary>Links followed until one must have arrived; default 40, as in Linux.</summary>
    public int MaxLinkDepth { get; init; } = 40;
}
