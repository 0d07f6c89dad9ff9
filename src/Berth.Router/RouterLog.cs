namespace Berth.Router;

/// <summary>The router's own log lines, source-generated; the words are in <see cref="RouterMessages"/>.</summary>
public static partial class RouterLog
{
    [LoggerMessage(1, LogLevel.Information, "{Message}")]
    public static partial void Happened(this ILogger log, string message);

    [LoggerMessage(2, LogLevel.Warning, "{Message}")]
    public static partial void UpstreamFailed(this ILogger log, string message);

    [LoggerMessage(3, LogLevel.Error, "{Message}")]
    public static partial void WentWrong(this ILogger log, string message);
}
