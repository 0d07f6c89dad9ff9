using System.Text.Json;

namespace Berth.Engines.Docker.Wire;

/// <summary>Answer to <c>GET /images/{name}/json</c>.</summary>
internal sealed record ImageDetails
{
    public required string Id { get; init; }

    public IReadOnlyList<string>? RepoTags { get; init; }

    public string Architecture { get; init; } = "";

    public long Size { get; init; }

    public ImageConfig? Config { get; init; }
}

internal sealed record ImageConfig
{
    public IReadOnlyList<string>? Entrypoint { get; init; }

    public IReadOnlyList<string>? Cmd { get; init; }

    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>Keys are <c>80/tcp</c>; the values mean nothing.</summary>
    public IReadOnlyDictionary<string, JsonElement>? ExposedPorts { get; init; }

    public string? WorkingDir { get; init; }

    public string? User { get; init; }

    public string? StopSignal { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>One entry of <c>GET /images/json</c>.</summary>
internal sealed record ImageSummary(string Id);
