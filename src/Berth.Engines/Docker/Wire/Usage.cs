namespace Berth.Engines.Docker.Wire;

/// <summary>Answer to <c>GET /system/df</c>.</summary>
internal sealed record DiskUsage
{
    public long LayersSize { get; init; }

    public IReadOnlyList<UsedImage>? Images { get; init; }

    public IReadOnlyList<UsedContainer>? Containers { get; init; }

    public IReadOnlyList<CacheRecord>? BuildCache { get; init; }
}

internal sealed record UsedImage
{
    public required string Id { get; init; }

    public IReadOnlyList<string>? RepoTags { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Unix seconds.</summary>
    public long Created { get; init; }

    public long Size { get; init; }

    /// <summary>In layers that other images have, too; -1 where it was not computed.</summary>
    public long SharedSize { get; init; }
}

internal sealed record UsedContainer
{
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public long SizeRw { get; init; }
}

internal sealed record CacheRecord
{
    public long Size { get; init; }
}

/// <summary>Answer to <c>GET /info</c>.</summary>
/// <param name="Warnings">Sentences for people.</param>
internal sealed record EngineDetails(string? DockerRootDir, DateTimeOffset? SystemTime, string? CgroupVersion, IReadOnlyList<string>? Warnings);
