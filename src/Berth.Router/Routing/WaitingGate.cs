namespace Berth.Router.Routing;

/// <summary>How a wait for a sandbox ended.</summary>
public enum GateResult
{
    /// <summary>There may be a sandbox now: look again.</summary>
    Proceed,

    /// <summary>The time was over.</summary>
    TimedOut,

    /// <summary>As many as may wait were waiting already.</summary>
    QueueFull,

    /// <summary>No sandbox will come: the app gave up starting, or is gone.</summary>
    Failed,

    /// <summary>The client went away.</summary>
    Cancelled,
}

/// <summary>
/// Where an app's requests wait while no sandbox is ready: first come, first served, bounded in number and time. Knows nothing of
/// sandboxes; whoever makes one ready opens the gate. Thread-safe; nobody is called back under the lock.
/// </summary>
public sealed class WaitingGate(int limit, TimeProvider time, Action changed)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private int _waiting;

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>
    /// Waits for <see cref="Open"/> or <see cref="Fail"/>. <paramref name="isOpen"/> is asked once more after the request has its place in the
    /// line: a gate that opened just before would otherwise not be noticed.
    /// </summary>
    public async Task<GateResult> WaitAsync(Func<bool> isOpen, TimeSpan atMost, CancellationToken clientGone)
    {
        var waiter = new Waiter();
        lock (_lock)
        {
            if (_waiting >= limit)
                return GateResult.QueueFull;
            waiter.Place = _waiters.AddLast(waiter);
            _waiting++;
        }
        changed();
        try
        {
            if (isOpen())
                return GateResult.Proceed;
            using var timeout = new CancellationTokenSource(atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero, time);
            using var onTimeout = timeout.Token.UnsafeRegister(static w => ((Waiter)w!).TrySetResult(GateResult.TimedOut), waiter);
            using var onGone = clientGone.UnsafeRegister(static w => ((Waiter)w!).TrySetResult(GateResult.Cancelled), waiter);
            return await waiter.Task;
        }
        finally
        {
            lock (_lock)
            {
                if (waiter.Place.List is not null)
                    _waiters.Remove(waiter.Place);
                _waiting--;
            }
            changed();
        }
    }

    /// <summary>Lets all who wait look again, in the order in which they came.</summary>
    public void Open() => Release(GateResult.Proceed);

    /// <summary>Sends all who wait away.</summary>
    public void Fail() => Release(GateResult.Failed);

    private void Release(GateResult result)
    {
        Waiter[] released;
        lock (_lock)
        {
            if (_waiters.Count == 0)
                return;
            released = [.. _waiters];
            _waiters.Clear();
        }
        foreach (var waiter in released)
            waiter.TrySetResult(result);
    }

    private sealed class Waiter() : TaskCompletionSource<GateResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public LinkedListNode<Waiter> Place { get; set; } = null!;
    }
}
