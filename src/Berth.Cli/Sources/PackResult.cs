using Berth.Model;

namespace Berth.Cli.Sources;

/// <summary>What was packed, or why nothing was.</summary>
public sealed record PackResult
{
    /// <summary>Null if the source was packed.</summary>
    public Diagnostic? Error { get; init; }

    /// <summary>Files and links sent.</summary>
    public int Files { get; init; }

    /// <summary>Sum of their sizes before packing.</summary>
    public long Bytes { get; init; }
}
