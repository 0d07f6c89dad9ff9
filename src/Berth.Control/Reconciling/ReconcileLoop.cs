using Microsoft.Extensions.Logging;

namespace Berth.Control.Reconciling;

/// <summary>
/// Runs one function per app whenever the app is marked: marks coalesce, an app never runs twice at once, different apps run side by
/// side up to a limit, and an app that failed is tried again with a growing delay. Nothing runs
/// before <see cref="Start"/>. Thread-safe.
/// </summary>
public sealed partial class ReconcileLoop(Func<string, CancellationToken, Task<DateTimeOffset?>> reconcile, int appsAtOnce, TimeProvider time, ILogger<ReconcileLoop> log) : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Entry> _apps = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _places = new(appsAtOnce);
    private readonly CancellationTokenSource _stop = new();
    private bool _started;

    /// <summary>The app should be looked at, now.</summary>
    public void Mark(string app)
    {
        lock (_lock)
        {
            if (_stop.IsCancellationRequested)
                return;
            if (!_apps.TryGetValue(app, out var entry))
                _apps[app] = entry = new Entry();
            entry.Marked = true;
            if (_started && entry.Running is null)
                Run_NeedsLock(app, entry);
        }
    }

    /// <summary>From now on marked apps run; those that were marked before begin.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _started = true;
            foreach (var (app, entry) in _apps)
                Run_NeedsLock(app, entry);
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<Task> running;
        lock (_lock)
        {
            _stop.Cancel();
            running = [.. _apps.Values.Select(e => e.Running).OfType<Task>()];
            foreach (var entry in _apps.Values)
                entry.Timer?.Dispose();
        }
        await Task.WhenAll(running);
        _places.Dispose();
    }

    private void Run_NeedsLock(string app, Entry entry)
    {
        entry.Timer?.Dispose();
        entry.Timer = null;
        entry.Running = Task.Run(() => RunAsync(app, entry));
    }

    private async Task RunAsync(string app, Entry entry)
    {
        while (true)
        {
            lock (_lock)
                entry.Marked = false;
            var next = await OnceAsync(app, entry);
            lock (_lock)
            {
                if (_stop.IsCancellationRequested)
                {
                    entry.Running = null;
                    return;
                }
                if (entry.Marked)
                    continue;
                entry.Running = null;
                if (next is { } at)
                    entry.Timer = time.CreateTimer(_ => Mark(app), null, Later(at), Timeout.InfiniteTimeSpan);
                return;
            }
        }
    }

    private TimeSpan Later(DateTimeOffset at)
    {
        var delay = at - time.GetUtcNow();
        return delay > TimeSpan.FromMilliseconds(1) ? delay : TimeSpan.FromMilliseconds(1);
    }

    /// <summary>When to look again; null: only when marked.</summary>
    private async Task<DateTimeOffset?> OnceAsync(string app, Entry entry)
    {
        try
        {
            await _places.WaitAsync(_stop.Token);
            try
            {
                var next = await reconcile(app, _stop.Token);
                entry.Failures = 0;
                return next;
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            entry.Failures++;
            var delay = TimeSpan.FromTicks(Math.Min(LongestRetry.Ticks, FirstRetry.Ticks << Math.Min(entry.Failures - 1, 10)));
            LogFailed(e, app, delay.TotalSeconds);
            return time.GetUtcNow() + delay;
        }
    }

    [LoggerMessage(LogLevel.Warning, "App {App} could not be brought in line; next try in {Seconds} s")]
    private partial void LogFailed(Exception exception, string app, double seconds);

    private sealed class Entry
    {
        public bool Marked { get; set; }

        public Task? Running { get; set; }

        public ITimer? Timer { get; set; }

        public int Failures { get; set; }
    }
}
