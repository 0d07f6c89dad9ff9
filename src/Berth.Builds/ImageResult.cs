using Berth.Model;

namespace Berth.Builds;

/// <summary>An image, or why there is none. Exactly one of the two is set.</summary>
public sealed record ImageResult
{
    public ImageInfo? Image { get; init; }

    public Diagnostic? Error { get; init; }
}
