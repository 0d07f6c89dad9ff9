namespace Berth.Contracts;

/// <summary>A command of the app that runs at times.</summary>
public sealed record CronInfo
{
    public required string Name { get; init; }

    public required string Schedule { get; init; }

    public required string TimeZone { get; init; }

    public required string Command { get; init; }

    /// <summary>Whose image, variables and limits it has; null: those of the app's own image.</summary>
    public string? Service { get; init; }

    /// <summary>It may begin while it still runs.</summary>
    public bool Overlap { get; init; }

    /// <summary>How long it may run: <c>1h</c>.</summary>
    public required string Timeout { get; init; }

    public DateTimeOffset? NextAt { get; init; }

    public DateTimeOffset? LastAt { get; init; }

    public string? LastOutcome { get; init; }
}

/// <summary>One time that a cron ran, or should have.</summary>
public sealed record CronRunInfo
{
    /// <summary>Also its sandbox's, for <c>berth logs -s</c>.</summary>
    public required string Id { get; init; }

    public required string Cron { get; init; }

    /// <summary><c>v3</c>; null: it is kept no more.</summary>
    public string? Release { get; init; }

    /// <summary>The schedule's time; null: a person ran it.</summary>
    public DateTimeOffset? Due { get; init; }

    public required DateTimeOffset At { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary><c>running</c>, <c>succeeded</c>, <c>failed (3)</c>, <c>failed</c>, <c>timed out</c>, <c>skipped</c> (it still ran), <c>missed</c> (nobody was there).</summary>
    public required string Outcome { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>Why it failed where no exit code says it.</summary>
    public string? Problem { get; init; }
}
