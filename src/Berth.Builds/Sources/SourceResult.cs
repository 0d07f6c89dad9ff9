using Berth.Model;

namespace Berth.Builds.Sources;

/// <summary>What was unpacked, or why nothing was.</summary>
public sealed record SourceResult
{
    /// <summary>Null if the source was unpacked.</summary>
    public Diagnostic? Error { get; init; }

    /// <summary>Files and links.</summary>
    public int Files { get; init; }

    public long Bytes { get; init; }
}
