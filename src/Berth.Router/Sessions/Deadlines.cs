using System.Collections.Concurrent;

namespace Berth.Router.Sessions;

/// <summary>
/// Makes good the deadlines of all connections by one timer, so that setting one costs a write and no timer of its own. A deadline
/// strikes late by <see cref="Precision"/> at most, never early. Without connections the timer rests: a router with nothing to do costs nothing. Thread-safe.
/// </summary>
public sealed class Deadlines : IDisposable
{
    public static readonly TimeSpan Precision = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<ByteConnection, bool> _connections = new();
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private int _checking;

    // Written under the lock.
    private volatile bool _ticking;

    public Deadlines(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static deadlines => ((Deadlines)deadlines!).CheckAll(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called after each round.</summary>
    public Action? AfterRound { get; set; }

    /// <summary>The time from now, for <see cref="ByteConnection.ReceiveUntil"/> and its like.</summary>
    public long In(TimeSpan span) => _time.GetTimestamp() + (long)(span.TotalSeconds * _time.TimestampFrequency);

    public long Now => _time.GetTimestamp();

    public TimeSpan Since(long timestamp) => _time.GetElapsedTime(timestamp);

    public void Watch(ByteConnection connection)
    {
        _connections.TryAdd(connection, true);
        if (!_ticking)
            Tick();
    }

    public void Forget(ByteConnection connection) => _connections.TryRemove(connection, out _);

    public void CheckAll()
    {
        // A round that is slower than the timer must not be overtaken by the next.
        if (Interlocked.Exchange(ref _checking, 1) == 1)
            return;
        var now = _time.GetTimestamp();
        foreach (var connection in _connections)
            connection.Key.Check(now);
        AfterRound?.Invoke();
        if (_connections.IsEmpty)
            Rest();
        Volatile.Write(ref _checking, 0);
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        lock (_lock)
        {
            if (_ticking)
                return;
            _ticking = true;
            _timer.Change(Precision, Precision);
        }
    }

    private void Rest()
    {
        lock (_lock)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _ticking = false;
        }
        // One that came in between saw the timer tick.
        if (!_connections.IsEmpty)
            Tick();
    }
}
