using System.Collections.Concurrent;
using Berth.Model;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Logs;

/// <summary>
/// Follows each sandbox's output into the log store, one task for its own process and one for each of its sidecars. After a restart of berthd it goes on behind the last stored
/// line.
/// </summary>
public sealed partial class LogCollector(IEngine engine, LogStore logs, ControlOptions options, TimeProvider time, ILogger<LogCollector> log) : IAsyncDisposable
{
    private const int BatchBytes = 256 * 1024;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, IReadOnlyList<FollowedOutput>> _followed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Dictionary<(string Sandbox, string Service), DateTimeOffset>> _lastTimes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Begins to follow a sandbox if it is not followed yet, and notes whether it is frozen.</summary>
    public void Follow(SandboxStatus sandbox)
    {
        if (!_followed.TryGetValue(sandbox.Id, out var followed))
        {
            followed = FollowedOutput.Of(sandbox, options.LogLineBytes, time);
            if (!_followed.TryAdd(sandbox.Id, followed))
                return;
            foreach (var output in followed)
                output.Following = Task.Run(() => FollowAsync(output));
        }
        if (sandbox.State != SandboxState.Frozen)
        {
            Thaw(followed);
            return;
        }
        foreach (var output in followed)
            output.Freeze(options.LogFrozenQuiet);
    }

    /// <summary>Waits until all that an ended sandbox printed is stored, but no longer than <paramref name="limit"/>.</summary>
    public async Task DrainAsync(string sandbox, TimeSpan limit, CancellationToken ct)
    {
        if (!_followed.TryGetValue(sandbox, out var followed))
            return;
        Thaw(followed);
        await Task.WhenAny(Task.WhenAll(followed.Select(f => f.Following)), Task.Delay(limit, time, ct));
    }

    /// <summary>The sandbox is gone from the engine.</summary>
    public void Forget(string sandbox)
    {
        // It ends by itself: the engine does not know the sandbox any more.
        if (_followed.TryRemove(sandbox, out var followed))
            Thaw(followed);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_followed.Values.SelectMany(followed => followed).Select(f => f.Following));
        _stop.Dispose();
    }

    private static void Thaw(IReadOnlyList<FollowedOutput> followed)
    {
        foreach (var output in followed)
            output.Thaw();
    }

    private async Task FollowAsync(FollowedOutput output)
    {
        var known = _lastTimes.GetOrAdd(output.App, app => logs.LastTimes(app));
        DateTimeOffset? last = known.TryGetValue((output.Sandbox, output.Source), out var stored) ? stored : null;
        var lines = new List<LogRecord>();
        using var _ = output;
        while (!_stop.IsCancellationRequested)
        {
            // The engine's "since" includes the moment itself. Compared with where this connection began, not with the chunk
            // before: the parts of a long line share one time.
            var seen = last;
            var rest = output.Rest;
            try
            {
                using var connection = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, rest);
                await using var chunks = engine.ReadLogsAsync(output.Id, last, follow: true, connection.Token).GetAsyncEnumerator(connection.Token);
                var unstored = 0;
                while (true)
                {
                    // Stored when nothing more is at hand, or it is much: a write for each line would be most of what a line costs.
                    var next = chunks.MoveNextAsync();
                    if (!next.IsCompleted || unstored > BatchBytes)
                    {
                        await StoreMeanwhileAsync(output.App, lines, next, connection);
                        unstored = 0;
                    }
                    if (!await next)
                        break;
                    var chunk = chunks.Current;
                    if (chunk.Time <= seen)
                        continue;
                    output.Add(chunk, lines);
                    last = chunk.Time;
                    unstored += chunk.Bytes.Length;
                }
                output.End(lines);
                Store(output.App, lines);
                return;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException) when (rest.IsCancellationRequested)
            {
                await output.Thawed.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (EngineException e) when (e.Error == EngineError.NotFound)
            {
                return;
            }
            catch (Exception e)
            {
                LogInterrupted(output.Id, e.Message);
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
