using System.Text.Json.Serialization;

namespace Berth.Model;

/// <summary>
/// All that the router needs to know, as one immutable snapshot (DESIGN section 5). Control builds it, the router swaps it in
/// whole and keeps a copy on disk.
/// </summary>
public sealed record RouteTable
{
    /// <summary>Grows with each snapshot; a smaller one than the current is refused, so that a late message cannot turn back time.</summary>
    public required long Version { get; init; }

    public required IReadOnlyList<RoutedHost> Hosts { get; init; }

    /// <summary>The app that gets requests for unknown hosts; null: they are answered with 404.</summary>
    public string? DefaultApp { get; init; }

    public required IReadOnlyList<RoutedApp> Apps { get; init; }

    /// <summary>By which the router answers with TLS; null: none.</summary>
    public IReadOnlyList<RoutedCertificate>? Certificates { get; init; }

    /// <summary>What an authority of certificates may come and ask for; null: nothing.</summary>
    public IReadOnlyList<RoutedChallenge>? Challenges { get; init; }

    public static RouteTable Empty { get; } = new() { Version = 0, Hosts = [], Apps = [] };
}

/// <param name="Host">Lower case, without port; <c>*.example.com</c> matches one label.</param>
/// <param name="App">Name of the app it leads to.</param>
public sealed record RoutedHost(string Host, string App)
{
    /// <summary>Only for requests whose path begins with these segments: <c>/api</c>. Null: for all that have no route of their own.</summary>
    public string? Path { get; init; }

    /// <summary>Null: none.</summary>
    public RouteRules? Rules { get; init; }

    [JsonIgnore]
    public RouteAddress Address => new(Host, Path);
}

/// <param name="Host">Lower case; <c>*.example.com</c> is for one label.</param>
/// <param name="File">PEM: the certificate, those that vouch for it, and the private key. Read by the router itself: keys are in no snapshot.</param>
/// <param name="Stamp">Another one whenever the file has changed.</param>
public sealed record RoutedCertificate(string Host, string File, string Stamp);

/// <summary>The router itself answers <c>http://HOST/.well-known/acme-challenge/TOKEN</c> with this (RFC 8555, 8.3), whatever the host's routes are.</summary>
public sealed record RoutedChallenge(string Host, string Token, string Answer);

public sealed record RoutedApp
{
    public required string Name { get; init; }

    /// <summary>Ready sandboxes only.</summary>
    public required IReadOnlyList<RoutedSandbox> Sandboxes { get; init; }

    /// <summary>With no sandbox ready: true, requests wait for one (it is starting or asleep); false, they get 503 at once.</summary>
    public required bool HoldWhenEmpty { get; init; }

    /// <summary>For the 503 page: what is going on, in words for people.</summary>
    public required string StatusText { get; init; }

    /// <summary>From where it would be woken; null while it is awake, or starting for another reason.</summary>
    public SleepTier? Asleep { get; init; }

    /// <summary>Requests are answered with 503 by the router itself, and wake nothing; null: they are not.</summary>
    public MaintenanceMode? Maintenance { get; init; }
}

/// <summary>How deep an app sleeps.</summary>
public enum SleepTier
{
    /// <summary>A sandbox is kept frozen and has to be thawed.</summary>
    Frozen,

    /// <summary>None is there and one has to be started.</summary>
    Stopped,
}

/// <param name="Since">When it was switched on.</param>
/// <param name="RetryAfter">When visitors are told to come again; null: as after any 503.</param>
public sealed record MaintenanceMode(DateTimeOffset Since, TimeSpan? RetryAfter);

/// <param name="Id">The sandbox's id.</param>
/// <param name="Address">IP address.</param>
/// <param name="Port">TCP port.</param>
public sealed record RoutedSandbox(string Id, string Address, int Port);

/// <summary>What the router tells control: which snapshot it routes by, and what is in flight. Sent at change, at most every 50 ms, and once a second.</summary>
public sealed record RouterReport
{
    /// <summary>Version of the snapshot in force. A sandbox that is in none with this or a later version gets no new request.</summary>
    public required long Version { get; init; }

    public required IReadOnlyList<AppDemand> Apps { get; init; }

    /// <summary>Requests in flight by sandbox id, also of those that left the snapshot and still drain. Zero counts are left out.</summary>
    public required IReadOnlyDictionary<string, int> InFlight { get; init; }
}

/// <summary>What came back from a sandbox since it is routed to. Asked for where a release is judged by it, and in no report.</summary>
/// <param name="Sandbox">Its id.</param>
/// <param name="Answered">Requests that it answered, whatever the status. Counted before the client sees the answer.</param>
/// <param name="ServerErrors">Those among them with a status of 500 or more.</param>
/// <param name="Failed">Requests that it did not answer: no connection, no valid response, or none in time.</param>
public sealed record SandboxAnswers(string Sandbox, long Answered, long ServerErrors, long Failed);

/// <param name="App">Name of the app.</param>
/// <param name="InFlight">Requests being forwarded.</param>
/// <param name="Waiting">Requests held until a sandbox is ready.</param>
/// <param name="Total">Requests since the router started.</param>
/// <param name="Connections">Open upgraded connections (WebSockets) among those in flight.</param>
public sealed record AppDemand(string App, int InFlight, int Waiting, long Total, int Connections);
