using System.Text.Json.Serialization;

namespace Berth.Engines.Docker.Wire;

/// <summary>Body of <c>POST /networks/create</c>.</summary>
internal sealed record NetworkCreate
{
    public required string Name { get; init; }

    public string Driver { get; init; } = "bridge";

    /// <summary>Engines before API 1.44 make a second network of the same name without it.</summary>
    public bool CheckDuplicate { get; init; } = true;

    [JsonPropertyName("IPAM")]
    public required Ipam Ipam { get; init; }

    /// <summary>The driver's own.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}

internal sealed record Ipam(IReadOnlyList<IpamPool> Config);

internal sealed record IpamPool(string Subnet);

/// <summary>One entry of <c>GET /networks</c>, or the answer to <c>GET /networks/{name}</c>.</summary>
internal sealed record NetworkDetails
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
