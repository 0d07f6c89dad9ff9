namespace Berth.Model;

/// <summary>What the engine's disk is used for, in bytes.</summary>
public sealed record EngineUsage
{
    /// <summary>All layers of all images, each counted once.</summary>
    public required long LayerBytes { get; init; }

    /// <summary>All images that have a name or are used, whoever made them.</summary>
    public required IReadOnlyList<ImageUsage> Images { get; init; }

    /// <summary>What this Berth's sandboxes have written into themselves, by app.</summary>
    public required IReadOnlyDictionary<string, long> SandboxBytes { get; init; }

    /// <summary>What the engine's builder keeps beside images.</summary>
    public required long CacheBytes { get; init; }
}

/// <param name="App">The app of this Berth that it was built for; null: it was not.</param>
/// <param name="UniqueBytes">In layers that no other image has: what its removal would free.</param>
public sealed record ImageUsage(string Id, IReadOnlyList<string> Tags, string? App, long UniqueBytes, DateTimeOffset CreatedAt);
