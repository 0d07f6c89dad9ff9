namespace Berth.Model;

/// <summary>Who a running router is: enough for control to decide whether it is the one it wants.</summary>
public sealed record RouterStatus
{
    public required int Pid { get; init; }

    public required string Version { get; init; }

    /// <summary>Addresses as they were asked for: <c>127.0.0.1:8080</c>.</summary>
    public required IReadOnlyList<string> Http { get; init; }

    /// <summary>The same of those with TLS.</summary>
    public IReadOnlyList<string> Https { get; init => field = value ?? []; } = [];

    /// <summary>What else it was told on its command line, flags and values in turn.</summary>
    public IReadOnlyList<string> Settings { get; init => field = value ?? []; } = [];

    /// <summary>Addresses as bound, with the port that the system chose where 0 was asked for: <c>http://127.0.0.1:8080</c>.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Version of the snapshot in force.</summary>
    public required long Snapshot { get; init; }
}
