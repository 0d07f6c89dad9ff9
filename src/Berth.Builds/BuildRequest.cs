using Berth.Model;

namespace Berth.Builds;

/// <summary>An image to be built from a source.</summary>
public sealed record BuildRequest
{
    public required string App { get; init; }

    /// <summary>Where the source was unpacked.</summary>
    public required string SourceDirectory { get; init; }

    public required BuildDefinition Definition { get; init; }

    /// <summary>Tag of the image: <c>berth/&lt;app&gt;:&lt;deployment&gt;</c>.</summary>
    public required string DeploymentId { get; init; }
}
