using System.Collections.Concurrent;
using System.Net.Security;
using Berth.Control.Logs;
using Berth.Control.Store;

namespace Berth.Control.Drains;

/// <summary>All log drains, each sending by itself, from <see cref="Start"/> to disposal. Thread-safe.</summary>
public sealed class LogDrains : IAsyncDisposable
{
    private readonly DrainStore _store;
    private readonly LogStore _logs;
    private readonly Func<Uri, IDrainTarget> _open;
    private readonly ControlOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, (DrainRun Run, Task Task, CancellationTokenSource Stop)> _running = new(StringComparer.Ordinal);

    /// <param name="trust">Decides about certificates of receivers; null: the system's authorities do.</param>
    internal LogDrains(DrainStore store, LogStore logs, ControlOptions options, TimeProvider time, RemoteCertificateValidationCallback? trust = null)
    {
        (_store, _logs, _options, _time) = (store, logs, options, time);
        _open = url => DrainUrl.IsSyslog(url) ? new SyslogTarget(url, trust) : new HttpTarget(url);
    }

    /// <summary>Goes on with all that are stored.</summary>
    public void Start()
    {
        foreach (var drain in _store.List())
            Begin(drain);
    }

    public void Begin(Drain drain)
    {
        var run = new DrainRun(drain, _logs.Of(drain.App), _store, _open, _options, _time);
        var stop = new CancellationTokenSource();
        _running[drain.Id] = (run, Task.Run(() => run.RunAsync(stop.Token)), stop);
    }

    public async Task EndAsync(string id)
    {
        if (!_running.TryRemove(id, out var running))
            return;
        await running.Stop.CancelAsync();
        await running.Task;
        running.Stop.Dispose();
    }

    /// <summary>Null: it does not run.</summary>
    public DrainStatus? StatusOf(string id) => _running.TryGetValue(id, out var running) ? running.Run.Status : null;

    public async ValueTask DisposeAsync() => await Task.WhenAll(_running.Keys.Select(EndAsync));
}
