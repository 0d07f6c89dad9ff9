namespace Berth.Control.Reconciling;

/// <summary>Those who wait until an app is as it was asked to be. Thread-safe.</summary>
internal sealed class Settling
{
    private readonly Dictionary<string, List<TaskCompletionSource>> _waiting = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Completes when a look at the app that begins from now on finds it settled.</summary>
    public Task Wait(string app)
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        PutBack(app, new([settled]));
        return settled.Task;
    }

    /// <summary>All who have asked so far.</summary>
    public Waiters Take(string app)
    {
        lock (_lock)
            return new(_waiting.Remove(app, out var waiting) ? waiting : []);
    }

    /// <summary>They have to wait for the next look.</summary>
    public void PutBack(string app, Waiters waiters)
    {
        if (waiters.All.Count == 0)
            return;
        lock (_lock)
        {
            if (!_waiting.TryGetValue(app, out var waiting))
                _waiting[app] = waiting = [];
            waiting.AddRange(waiters.All);
        }
    }

    internal readonly record struct Waiters(List<TaskCompletionSource> All)
    {
        public void Complete() => All.ForEach(w => w.TrySetResult());
    }
}
