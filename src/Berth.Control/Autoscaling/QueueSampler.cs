using System.Collections.Concurrent;

namespace Berth.Control.Autoscaling;

/// <summary>Asks the queues that services go by, each at its interval and never twice at once, and tells the demand book. Thread-safe.</summary>
internal sealed class QueueSampler(DemandBook demand, QueueProbe probe, ControlOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _places = new(options.QueuesAtOnce);
    private readonly ConcurrentDictionary<QueuedService, Task> _underWay = new();

    /// <summary>Only touched by <see cref="RunAsync"/>. What changed counts as new, and is asked at once.</summary>
    private Dictionary<QueuedService, DateTimeOffset> _dueAt = [];

    /// <summary>One look at all of them; what is due is asked in the background.</summary>
    public Task RunAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var next = new Dictionary<QueuedService, DateTimeOffset>();
        foreach (var queue in demand.Queues())
        {
            var dueAt = _dueAt.GetValueOrDefault(queue, now);
            if (dueAt <= now && !_underWay.ContainsKey(queue))
            {
                // From now and not from when it should have been: one that is slow is not asked in a row.
                dueAt = now + queue.Source.Interval;
                Begin(queue, ct);
            }
            next[queue] = dueAt;
        }
        _dueAt = next;
        return Task.CompletedTask;
    }

    /// <summary>To be called once nothing runs it any more and its token is cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_underWay.Values);
        _places.Dispose();
        probe.Dispose();
    }

    private void Begin(QueuedService queue, CancellationToken ct)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _underWay[queue] = asked.Task;
        _ = Task.Run(async () =>
        {
            try
            {
                await AskAsync(queue, ct);
            }
            finally
            {
                _underWay.TryRemove(queue, out _);
                asked.SetResult();
            }
        }, CancellationToken.None);
    }

    private async Task AskAsync(QueuedService queue, CancellationToken ct)
    {
        try
        {
            await _places.WaitAsync(ct);
            try
            {
                demand.Take(queue.App, queue.Service, await probe.AskAsync(queue, ct));
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // berthd ends; the next one asks at once.
        }
        catch (Exception e)
        {
            // Whatever it was, it must not look as if there were no jobs.
            demand.Take(queue.App, queue.Service, new(null, e.Message));
        }
    }
}
