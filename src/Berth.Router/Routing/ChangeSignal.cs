using System.Collections.Immutable;

namespace Berth.Router.Routing;

/// <summary>
/// Says that a count or the snapshot changed, to all who listen. Raised for every request, so raising costs one read when the
/// listeners have been told already. Thread-safe.
/// </summary>
public sealed class ChangeSignal
{
    private ImmutableArray<Listener> _listeners = [];

    public void Raise()
    {
        foreach (var listener in _listeners)
            listener.Tell();
    }

    /// <summary>Listens until the listener is disposed.</summary>
    public Listener Listen()
    {
        var listener = new Listener(this);
        ImmutableInterlocked.Update(ref _listeners, static (all, one) => all.Add(one), listener);
        return listener;
    }

    /// <summary>One who listens; used by one task at a time.</summary>
    public sealed class Listener(ChangeSignal signal) : IDisposable
    {
        private TaskCompletionSource _told = New();

        /// <summary>Completes at the first change after <see cref="Reset"/>.</summary>
        public Task Changed => Volatile.Read(ref _told).Task;

        /// <summary>Call before reading what may change: a change during the reading is then told again.</summary>
        public void Reset()
        {
            if (Changed.IsCompleted)
                Interlocked.Exchange(ref _told, New());
        }

        public void Tell()
        {
            var told = Volatile.Read(ref _told);
            if (!told.Task.IsCompleted)
                told.TrySetResult();
        }

        public void Dispose() => ImmutableInterlocked.Update(ref signal._listeners, static (all, one) => all.Remove(one), this);

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
