namespace Berth.Router.Forwarding;

/// <summary>
/// The time a sandbox has for the head of its response. It runs while the sandbox is at work, and stands still while the client is
/// still sending: a slow upload is not a slow sandbox. Used by one request.
/// </summary>
public sealed class ResponseDeadline(TimeSpan limit, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _source = new(limit, time);

    public TimeSpan Limit { get; } = limit;

    public CancellationToken Token => _source.Token;

    public bool IsOver => _source.IsCancellationRequested;

    public void Pause() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Restart() => _source.CancelAfter(Limit);

    public void Dispose() => _source.Dispose();
}
