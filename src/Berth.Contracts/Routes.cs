using System.Text.Json.Serialization;

namespace Berth.Contracts;

/// <param name="Host"><c>shop.example.com</c> or <c>*.example.com</c>.</param>
/// <param name="Default">The app gets the requests for unknown hosts as well.</param>
public sealed record RouteInfo(string Host, string App, bool Default)
{
    /// <summary><c>/api</c>: only for paths that begin so; null: for all that have no route of their own.</summary>
    public string? Path { get; init; }

    /// <summary>Longest time until an answer; null: the router's own limit.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Whose password is asked for; null: nobody's.</summary>
    public string? User { get; init; }

    /// <summary>Networks from which requests may come; null: from everywhere.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>Requests without TLS are sent to the same address with it.</summary>
    public bool HttpsOnly { get; init; }

    /// <summary>The share of another release; null: none.</summary>
    public RouteShare? Share { get; init; }

    /// <summary><c>shop.example.com/api</c>.</summary>
    [JsonIgnore]
    public string Address => Host + Path;
}

/// <param name="Host">May end in a path: <c>shop.example.com/api</c>.</param>
public sealed record RouteRequest([property: JsonRequired] string Host, [property: JsonRequired] string App);

/// <param name="App">Null: no default.</param>
public sealed record DefaultRouteRequest(string? App);

/// <summary>What is to become different in a route's rules. Null members stay as they are.</summary>
public sealed record RouteChangeRequest
{
    /// <summary>0: the router's own limit.</summary>
    public double? TimeoutSeconds { get; init; }

    public RouteLoginRequest? Login { get; init; }

    /// <summary>Networks in CIDR form or single addresses; none: everybody may come.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    public bool? HttpsOnly { get; init; }

    /// <summary>0 percent: no share any more.</summary>
    public RouteShare? Share { get; init; }
}

/// <param name="User">Empty: no password is asked for any more.</param>
public sealed record RouteLoginRequest([property: JsonRequired] string User, string? Password);

/// <param name="Release">Label of the other release: <c>v5</c>.</param>
public sealed record RouteShare([property: JsonRequired] string Release, [property: JsonRequired] int Percent);

/// <param name="Issuer">Who vouches for it; this and the times are null while there is none yet.</param>
public sealed record CertificateInfo(string Host, string? Issuer, DateTimeOffset? NotBefore, DateTimeOffset? NotAfter)
{
    /// <summary>It is had by ACME, and renewed.</summary>
    public bool Automatic { get; init; }

    /// <summary>Why the last try to have one failed; null: it did not.</summary>
    public string? Problem { get; init; }

    public DateTimeOffset? NextTryAt { get; init; }
}

/// <param name="Certificate">PEM; the host's own first, then those that vouch for it.</param>
/// <param name="Key">PEM, without a password. It is never shown again.</param>
public sealed record CertificateRequest([property: JsonRequired] string Certificate, [property: JsonRequired] string Key);
