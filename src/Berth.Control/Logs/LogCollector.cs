using System.Collections.Concurrent;
using Berth.Model;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Logs;

/// <summary>
/// Follows each sandbox's output into the log store, one task for it and one for each of its sidecars. After a restart of berthd it goes on behind the last stored
/// line.
/// </summary>
public sealed partial class LogCollector(IEngine engine, LogStore logs, ControlOptions options, TimeProvider time, ILogger<LogCollector> log) : IAsyncDisposable
{
    private const int BatchBytes = 256 * 1024;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Dictionary<(string Sandbox, string Service), DateTimeOffset>> _lastTimes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Begins to follow a sandbox if it is not followed yet.</summary>
    public void Follow(SandboxStatus sandbox)
    {
        if (!_running.ContainsKey(sandbox.Id))
            _running.GetOrAdd(sandbox.Id, _ => Task.Run(() => Task.WhenAll(sandbox.Sidecars.Select(s => FollowAsync(sandbox, s.Id, Names.LogSource(sandbox.Service, s.Name))).Append(FollowAsync(sandbox, sandbox.Id, sandbox.Service)))));
    }

    /// <summary>Waits until all that an ended sandbox printed is stored, but no longer than <paramref name="limit"/>.</summary>
    public async Task DrainAsync(string sandbox, TimeSpan limit, CancellationToken ct)
    {
        if (_running.TryGetValue(sandbox, out var task))
            await Task.WhenAny(task, Task.Delay(limit, time, ct));
    }

    /// <summary>The sandbox is gone from the engine.</summary>
    public void Forget(string sandbox) => _running.TryRemove(sandbox, out _);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Values);
        _stop.Dispose();
    }

    /// <param name="id">The sandbox's, or that of one of its sidecars.</param>
    /// <param name="source">What its lines are marked with.</param>
    private async Task FollowAsync(SandboxStatus sandbox, string id, string source)
    {
        var known = _lastTimes.GetOrAdd(sandbox.App, app => logs.LastTimes(app));
        DateTimeOffset? last = known.TryGetValue((sandbox.Id, source), out var stored) ? stored : null;
        var output = new LineAssembler('S', source, sandbox.Id, options.LogLineBytes);
        var errors = new LineAssembler('E', source, sandbox.Id, options.LogLineBytes);
        var lines = new List<LogRecord>();
        while (!_stop.IsCancellationRequested)
        {
            // The engine's "since" includes the moment itself. Compared with where this connection began, not with the chunk
            // before: the parts of a long line share one time.
            var seen = last;
            try
            {
                using var connection = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                await using var chunks = engine.ReadLogsAsync(id, last, follow: true, connection.Token).GetAsyncEnumerator(connection.Token);
                var unstored = 0;
                while (true)
                {
                    // Stored when nothing more is at hand, or it is much: a write for each line would be most of what a line costs.
                    var next = chunks.MoveNextAsync();
                    if (!next.IsCompleted || unstored > BatchBytes)
                    {
                        await StoreMeanwhileAsync(sandbox.App, lines, next, connection);
                        unstored = 0;
                    }
                    if (!await next)
                        break;
                    var chunk = chunks.Current;
                    if (chunk.Time <= seen)
                        continue;
                    (chunk.Stream == LogStream.Stdout ? output : errors).Add(chunk, lines);
                    last = chunk.Time;
                    unstored += chunk.Bytes.Length;
                }
                output.End(lines);
                errors.End(lines);
                Store(sandbox.App, lines);
                return;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (EngineException e) when (e.Error == EngineError.NotFound)
            {
                return;
            }
            catch (Exception e)
            {
                LogInterrupted(id, e.Message);
                await Task.Delay(RetryDelay, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async ValueTask StoreMeanwhileAsync(string app, List<LogRecord> lines, ValueTask<bool> next, CancellationTokenSource connection)
    {
        try
        {
            Store(app, lines);
        }
        catch (IOException)
        {
            // The disk is full, and the lines wait here. A stream that is being read cannot be left before that has ended.
            await connection.CancelAsync();
            await ((Task)next.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private void Store(string app, List<LogRecord> lines)
    {
        if (lines.Count == 0)
            return;
        logs.Append(app, lines);
        lines.Clear();
    }

    [LoggerMessage(LogLevel.Warning, "The log stream of sandbox {Sandbox} broke and is taken up again: {Reason}")]
    private partial void LogInterrupted(string sandbox, string reason);
}
