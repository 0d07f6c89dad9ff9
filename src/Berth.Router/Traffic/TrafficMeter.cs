using Berth.Router.Routing;

namespace Berth.Router.Traffic;

/// <summary>Where each request ends: counted at its app, and written to the access log. Thread-safe.</summary>
public sealed class TrafficMeter(AccessLog? log, TimeProvider time)
{
    /// <summary>Requests that lead to no app, or could not be read.</summary>
    public AppTraffic Unrouted { get; } = new();

    /// <summary>Whether entries are wanted: else none need be made.</summary>
    public bool Logs => log is not null;

    public long DroppedLines => log?.Dropped ?? 0;

    /// <param name="entry">Null if there is none to write; its last fields are filled in here.</param>
    /// <param name="started">As <see cref="TimeProvider.GetTimestamp"/> counts.</param>
    public void Ended(AppLoad? app, int status, long started, long bytesIn, long bytesOut, AccessEntry? entry)
    {
        var duration = time.GetElapsedTime(started);
        (app?.Traffic ?? Unrouted).Count(status, duration, bytesIn, bytesOut);
        if (entry is null || log is null)
            return;
        entry.Status = status;
        entry.Duration = duration;
        entry.BytesIn = bytesIn;
        entry.BytesOut = bytesOut;
        log.Write(entry);
    }
}
