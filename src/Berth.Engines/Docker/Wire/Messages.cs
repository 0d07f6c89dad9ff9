using System.Text.Json.Serialization;

namespace Berth.Engines.Docker.Wire;

/// <summary>Body of every refusal.</summary>
internal sealed record Refusal
{
    [JsonPropertyName("message")]
    public string? Message { get; init; }
}

/// <summary>Answer to <c>GET /version</c>.</summary>
internal sealed record VersionDetails
{
    public string Version { get; init; } = "";

    public string ApiVersion { get; init; } = "";

    /// <summary>Absent from some compatible engines.</summary>
    [JsonPropertyName("MinAPIVersion")]
    public string? MinApiVersion { get; init; }

    public string Arch { get; init; } = "";
}

/// <summary>One object of <c>GET /events</c>.</summary>
internal sealed record EventMessage
{
    public string? Action { get; init; }

    public EventActor? Actor { get; init; }
}

internal sealed record EventActor
{
    /// <summary>The container's labels among others.</summary>
    public IReadOnlyDictionary<string, string>? Attributes { get; init; }
}

/// <summary>One object of the streams that pull, build and import answer with.</summary>
internal sealed record ProgressMessage
{
    /// <summary>Build output.</summary>
    [JsonPropertyName("stream")]
    public string? Stream { get; init; }

    [JsonPropertyName("status")]
    public string? Status { get; init; }

    /// <summary>The layer it is about.</summary>
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("progressDetail")]
    public ProgressDetail? Progress { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }
}

internal sealed record ProgressDetail
{
    [JsonPropertyName("current")]
    public long Current { get; init; }

    [JsonPropertyName("total")]
    public long Total { get; init; }
}
