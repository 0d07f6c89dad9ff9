namespace Berth.Cli.Output;

/// <summary>How long something took or is ago, in words for people.</summary>
internal static class RelativeTime
{
    /// <summary><c>12s ago</c>, <c>5m ago</c>, <c>3h ago</c>, <c>1d ago</c>, <c>2y ago</c>; a time that has not come (clocks differ) is <c>0s ago</c>. Null stays null.</summary>
    public static string? Ago(DateTimeOffset? time, DateTimeOffset now) => time is { } then ? Short(now - then) + " ago" : null;

    /// <summary>The largest unit alone: <c>12s</c>, <c>5m</c>, <c>3h</c>, <c>1d</c>, <c>2y</c>.</summary>
    public static string Short(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "0s",
        { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds}s",
        { TotalHours: < 1 } => $"{(int)span.TotalMinutes}m",
        { TotalDays: < 1 } => $"{(int)span.TotalHours}h",
        { TotalDays: < 365 } => $"{(int)span.TotalDays}d",
        _ => $"{(int)(span.TotalDays / 365)}y",
    };

    /// <summary>For a stretch of work: <c>3.2s</c>, <c>2m 5s</c>, <c>1h 3m</c>.</summary>
    public static string Took(TimeSpan span) => span switch
    {
        { Ticks: < 0 } => "0.0s",
        { TotalMinutes: < 1 } => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalSeconds * 10) / 10:0.0}s"),
        { TotalHours: < 1 } => $"{span.Minutes}m {span.Seconds}s",
        _ => $"{(int)span.TotalHours}h {span.Minutes}m",
    };
}
