namespace Berth.Control.Logs;

/// <summary>Which lines are wanted.</summary>
public sealed record LogQuery
{
    public string? Service { get; init; }

    public string? Sandbox { get; init; }

    public DateTimeOffset? Since { get; init; }

    /// <summary>At most so many of the last that match; null: all.</summary>
    public int? Lines { get; init; }

    public LogFilter Filter { get; init; } = LogFilter.All;

    /// <summary>Go on with what comes.</summary>
    public bool Follow { get; init; }

    internal bool Matches(LogRecord record) =>
        (Service is null || record.Service == Service)
        && (Sandbox is null || record.Sandbox == Sandbox)
        && (Since is null || record.Time >= Since)
        && Filter.Matches(record.Text);
}
