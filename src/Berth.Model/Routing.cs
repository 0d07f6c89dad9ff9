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

    public static RouteTable Empty { get; } = new() { Version = 0, Hosts = [], Apps = [] };
}

/// <param name="Host">Lower case, without port; <c>*.example.com</c> matches one label.</param>
/// <param name="App">Name of the app it leads to.</param>
public sealed record RoutedHost(string Host, string App);

public sealed record RoutedApp
{
    public required string Name { get; init; }

    /// <summary>Ready sandboxes only.</summary>
    public required IReadOnlyList<RoutedSandbox> Sandboxes { get; init; }

    /// <summary>With no sandbox ready: true, requests wait for one (it is starting or asleep); false, they get 503 at once.</summary>
    public required bool HoldWhenEmpty { get; init; }

    /// <summary>For the 503 page: what is going on, in words for people.</summary>
    public required string StatusText { get; init; }
}

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
