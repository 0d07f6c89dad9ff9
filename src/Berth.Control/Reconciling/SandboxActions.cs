using System.Collections.Concurrent;
using Berth.Control.Logs;
using Berth.Control.Routing;
using Berth.Model;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Reconciling;

/// <summary>What is being done to a sandbox that the engine may not show yet.</summary>
internal enum Doing
{
    Starting,
    Ending,
}

/// <summary>
/// Carries out single steps in the background and knows which are under way, so that no step is begun twice and the reconciler never
/// waits for a slow stop. When one is done its app is looked at again. Thread-safe.
/// </summary>
internal sealed partial class SandboxActions(
    IEngine engine, LogCollector collector, LogStore logs, CrashRecorder crashes, RoutePublisher publisher, ControlOptions options, TimeProvider time, ILogger<SandboxActions> log) : IAsyncDisposable
{
    private static readonly TimeSpan LogDrainLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly ConcurrentDictionary<string, UnderWay> _underWay = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _starts = new(options.StartsAtOnce);

    /// <summary>Called with the app's name when a step has ended.</summary>
    public event Action<string>? Done;

    /// <summary>By sandbox id, of one app.</summary>
    public IReadOnlyDictionary<string, UnderWay> Of(string app) =>
        _underWay.Where(a => a.Value.App == app).ToDictionary(a => a.Key, a => a.Value, StringComparer.Ordinal);

    /// <summary>Leaves what is under way where it is: the next start takes it up from what the engine shows.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Keys);
    }

    public void Start(SandboxSpec spec) => Begin(spec.Id, new(spec.App, spec.PoolId, spec.Service, Doing.Starting, time.GetUtcNow()), async ct =>
    {
        await _starts.WaitAsync(ct);
        try
        {
            await engine.StartSandboxAsync(spec, ct);
        }
        catch (EngineException e) when (e.Error is EngineError.StartFailed or EngineError.ImageMissing or EngineError.WrongArchitecture or EngineError.Refused)
        {
            crashes.NoteNotStarted(spec, e.Message);
            logs.Append(spec.App, [new(time.GetUtcNow(), 'E', spec.Service, spec.Id, e.Message)]);
            await engine.RemoveSandboxAsync(spec.Id, ct);
        }
        finally
        {
            _starts.Release();
        }
    });

    public void Stop(SandboxStatus sandbox) => Begin(sandbox.Id, Ending(sandbox), async ct =>
    {
        await engine.StopSandboxAsync(sandbox.Id, ct);
        await RemoveAsync(sandbox, ct);
    });

    /// <summary>Takes a healthy sandbox out because a person asked for it: away from the router, its requests done, then stopped.</summary>
    public void Retire(SandboxStatus sandbox) => Begin(sandbox.Id, Ending(sandbox), async ct =>
    {
        // From now on the planner counts it as ending, so its next look takes it out of the routes.
        Done?.Invoke(sandbox.App);
        await publisher.WaitReleasedAsync(sandbox.App, sandbox.Id, DrainLimit, ct);
        await engine.StopSandboxAsync(sandbox.Id, ct);
        await RemoveAsync(sandbox, ct);
    });

    /// <summary>Removes an exited sandbox. A crash is noted before anything else, so that the next start already goes by it.</summary>
    public void Collect(SandboxStatus sandbox, bool crashed)
    {
        // While its start has not returned yet it is left for the next look, lest the crash be counted twice. A look that began before
        // the sandbox was removed may show it once more, too.
        if (_underWay.ContainsKey(sandbox.Id))
            return;
        if (crashed && crashes.Note(sandbox))
            LogCrashed(sandbox.Id, sandbox.ExitCode ?? 0, sandbox.OutOfMemory ? " (out of memory)" : "");
        Begin(sandbox.Id, Ending(sandbox), async ct =>
        {
            await collector.DrainAsync(sandbox.Id, LogDrainLimit, ct);
            if (crashed)
                await crashes.AddLinesAsync(sandbox, ct);
            await RemoveAsync(sandbox, ct);
        });
    }

    private async Task RemoveAsync(SandboxStatus sandbox, CancellationToken ct)
    {
        await collector.DrainAsync(sandbox.Id, LogDrainLimit, ct);
        await engine.RemoveSandboxAsync(sandbox.Id, ct);
        collector.Forget(sandbox.Id);
    }

    private UnderWay Ending(SandboxStatus sandbox) => new(sandbox.App, sandbox.PoolId, sandbox.Service, Doing.Ending, time.GetUtcNow());

    private void Begin(string sandbox, UnderWay what, Func<CancellationToken, Task> action)
    {
        if (!_underWay.TryAdd(sandbox, what))
            return;
        var running = Task.Run(async () =>
        {
            try
            {
                await action(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The next look at the app sees what is left undone and plans it again; the delay keeps it from spinning.
                LogStepFailed(e, what.Doing.ToString().ToLowerInvariant(), sandbox);
                await Task.Delay(TimeSpan.FromSeconds(1), time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            _underWay.TryRemove(sandbox, out _);
            Done?.Invoke(what.App);
        });
        _running[running] = true;
        running.ContinueWith(ended => _running.TryRemove(ended, out _), TaskScheduler.Default);
    }

    [LoggerMessage(LogLevel.Information, "Sandbox {Sandbox} ended by itself with code {ExitCode}{Reason}")]
    private partial void LogCrashed(string sandbox, int exitCode, string reason);

    [LoggerMessage(LogLevel.Warning, "{Step} sandbox {Sandbox} failed")]
    private partial void LogStepFailed(Exception exception, string step, string sandbox);
}

/// <param name="Since">When it began.</param>
internal sealed record UnderWay(string App, string Pool, string Service, Doing Doing, DateTimeOffset Since);
