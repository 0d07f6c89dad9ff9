using Berth.Model;

namespace Berth.Builds;

/// <summary>The built image, or why there is none. Exactly one of the two is set.</summary>
public sealed record BuildResult
{
    public ImageInfo? Image { get; init; }

    public Diagnostic? Error { get; init; }

    /// <summary>With an error: the last lines of the output (at most 20).</summary>
    public IReadOnlyList<string> LastLines { get; init; } = [];
}
