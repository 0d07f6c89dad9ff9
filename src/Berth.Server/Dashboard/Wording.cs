using System.Globalization;

namespace Berth.Server.Dashboard;

/// <summary>Times and sizes as people read them.</summary>
internal static class Wording
{
    public static string Ago(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { TotalSeconds: < 10 } => "just now",
        { TotalMinutes: < 1 } past => $"{past.Seconds} s ago",
        { TotalHours: < 1 } past => $"{past.Minutes} min ago",
        { TotalDays: < 1 } past => $"{past.Hours} h ago",
        var past => $"{(int)past.TotalDays} d ago",
    };

    public static string Took(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalSeconds):0.0} s"),
        { TotalMinutes: < 1 } => $"{(int)time.TotalSeconds} s",
        { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds} s",
        _ => $"{(int)time.TotalHours} h {time.Minutes} min",
    };

    public static string Full(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Machine(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>How a status looks. Its word always stands beside it.</summary>
    public static string Tone(string status) => status switch
    {
        "running" or "succeeded" => "good",
        "deploying" or "starting" or "draining" => "busy",
        "degraded" => "warning",
        "crashed" or "failed" or "out of memory" => "bad",
        _ when status.StartsWith("exited", StringComparison.Ordinal) => "bad",
        _ => "quiet",
    };
}
