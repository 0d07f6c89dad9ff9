using System.Collections.Concurrent;
using Berth.Control.Disks;
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
    Freezing,
    Thawing,

    /// <summary>Frozen for a moment, which the planner need not know.</summary>
    StandingStill,
}

/// <summary>
/// Carries out single steps in the background and knows which are under way, so that no step is begun twice and the reconciler never
/// waits for a slow stop. When one is done its app is looked at again. Thread-safe.
/// </summary>
internal sealed partial class SandboxActions(
    IEngine engine, DiskAttachments disks, LogCollector collector, LogStore logs, CrashRecorder crashes, RoutePublisher publisher, ControlOptions options, TimeProvider time, ILogger<SandboxActions> log) : IAsyncDisposable
{
    private static readonly TimeSpan LogDrainLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly ConcurrentDictionary<string, UnderWay> _underWay = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _held = new(StringComparer.Ordinal);
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

    /// <param name="wanted">The disks that it is to have.</param>
    public void Start(SandboxSpec spec, IReadOnlyList<DiskDefinition> wanted) => Begin(spec.Id, new(spec.App, spec.PoolId, spec.Service, Doing.Starting, time.GetUtcNow()), async ct =>
    {
        await _starts.WaitAsync(ct);
        try
        {
            using var attached = await disks.AttachAsync(spec, wanted, ct);
            await engine.StartSandboxAsync(spec with { Mounts = attached.Mounts }, ct);
        }
        catch (Exception e) when (e is DiskException or EngineException { Error: EngineError.StartFailed or EngineError.ImageMissing or EngineError.WrongArchitecture or EngineError.Refused })
        {
            crashes.NoteNotStarted(spec, e.Message);
            logs.Append(spec.App, [new(time.GetUtcNow(), 'E', spec.Service, spec.Id, e.Message)]);
            await engine.RemoveSandboxAsync(spec.Id, ct);
            await disks.ReleaseAsync(spec.Id, ct);
        }
        finally
        {
            _starts.Release();
        }
    });

    public void Stop(SandboxStatus sandbox) => Begin(sandbox.Id, What(sandbox, Doing.Ending), async ct =>
    {
        await QuietAsync(sandbox, ct);
        await engine.StopSandboxAsync(sandbox.Id, ct);
        await RemoveAsync(sandbox, ct);
    });

    /// <summary>Takes a healthy sandbox out because a person asked for it: away from the router, its requests done, then stopped.</summary>
    public void Retire(SandboxStatus sandbox) => Begin(sandbox.Id, What(sandbox, Doing.Ending), async ct =>
    {
        // From now on the planner counts it as ending, so its next look takes it out of the routes.
        Done?.Invoke(sandbox.App);
        await publisher.WaitReleasedAsync(sandbox.App, sandbox.Id, DrainLimit, ct);
        await QuietAsync(sandbox, ct);
        await engine.StopSandboxAsync(sandbox.Id, ct);
        await RemoveAsync(sandbox, ct);
    });

    /// <summary>Stops what is left of a sandbox whose sidecar has ended, away from the router first. It is then an exited one, and has crashed.</summary>
    public void End(SandboxStatus sandbox) => Begin(sandbox.Id, What(sandbox, Doing.Ending), async ct =>
    {
        await publisher.WaitReleasedAsync(sandbox.App, sandbox.Id, DrainLimit, ct);
        await engine.StopSandboxAsync(sandbox.Id, ct);
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
        Begin(sandbox.Id, What(sandbox, Doing.Ending), async ct =>
        {
            // Its sidecars may still run, and would not end by themselves.
            if (sandbox is { State: SandboxState.Exited, Sidecars.Count: > 0 })
                await engine.StopSandboxAsync(sandbox.Id, ct);
            await collector.DrainAsync(sandbox.Id, LogDrainLimit, ct);
            if (sandbox.EndedSidecar is { } sidecar)
                logs.Append(sandbox.App, [new(time.GetUtcNow(), 'E', sandbox.Service, sandbox.Id, CrashMessages.SidecarEnded(sidecar, sandbox.ExitCode ?? 0, sandbox.OutOfMemory))]);
            if (crashed)
                await crashes.AddLinesAsync(sandbox, ct);
            await RemoveAsync(sandbox, ct);
        });
    }

    /// <summary>Tells it to take no new work, and gives it time to finish what it has.</summary>
    private async Task QuietAsync(SandboxStatus sandbox, CancellationToken ct)
    {
        if (sandbox is not { Quiet: { } quiet, State: SandboxState.Running })
            return;
        await engine.SignalSandboxAsync(sandbox.Id, quiet.Signal, ct);
        await Task.Delay(quiet.For, time, ct);
    }

    private async Task RemoveAsync(SandboxStatus sandbox, CancellationToken ct)
    {
        await collector.DrainAsync(sandbox.Id, LogDrainLimit, ct);
        await engine.RemoveSandboxAsync(sandbox.Id, ct);
        await disks.ReleaseAsync(sandbox.Id, ct);
        collector.Forget(sandbox.Id);
    }

    public void Freeze(SandboxStatus sandbox) => Begin(sandbox.Id, What(sandbox, Doing.Freezing), ct => engine.FreezeSandboxAsync(sandbox.Id, ct));

    /// <summary>Thaws a sandbox, which unlike other steps is waited for: it takes a moment, and a request may be waiting for it. False, and nothing is done, if another step of it is under way.</summary>
    public async Task<bool> ThawAsync(SandboxStatus sandbox, CancellationToken ct)
    {
        if (!_underWay.TryAdd(sandbox.Id, What(sandbox, Doing.Thawing)))
            return false;
        try
        {
            await engine.ThawSandboxAsync(sandbox.Id, ct);
            return true;
        }
        finally
        {
            _underWay.TryRemove(sandbox.Id, out _);
        }
    }

    /// <summary>Freezes a sandbox, does something, and thaws it. False, and nothing is done, if another step of it is under way.</summary>
    /// <remarks>After a kill in the middle the planner thaws it: it has too few that run.</remarks>
    public async Task<bool> StandStillAsync(SandboxStatus sandbox, Func<CancellationToken, Task> action, CancellationToken ct)
    {
        if (!_underWay.TryAdd(sandbox.Id, What(sandbox, Doing.StandingStill)))
            return false;
        try
        {
            await engine.FreezeSandboxAsync(sandbox.Id, ct);
            try
            {
                await action(ct);
            }
            finally
            {
                await engine.ThawSandboxAsync(sandbox.Id, CancellationToken.None);
            }
            return true;
        }
        finally
        {
            _underWay.TryRemove(sandbox.Id, out _);
            Done?.Invoke(sandbox.App);
        }
    }

    /// <summary>Somebody works in the sandbox until the result is called: it is thawed if it is frozen, not frozen again, nor taken as surplus.</summary>
    public async Task<Action> HoldAsync(SandboxStatus sandbox, CancellationToken ct)
    {
        _held.AddOrUpdate(sandbox.Id, 1, (_, holders) => holders + 1);
        try
        {
            if (sandbox.State == SandboxState.Frozen)
            {
                await engine.ThawSandboxAsync(sandbox.Id, ct);
                Done?.Invoke(sandbox.App);
            }
            return () => LetGo(sandbox);
        }
        catch
        {
            LetGo(sandbox);
            throw;
        }
    }

    private void LetGo(SandboxStatus sandbox)
    {
        if (_held.AddOrUpdate(sandbox.Id, 0, (_, holders) => holders - 1) <= 0)
            _held.TryRemove(sandbox.Id, out _);
        Done?.Invoke(sandbox.App);
    }

    public bool IsHeld(string sandbox) => _held.ContainsKey(sandbox);

    private UnderWay What(SandboxStatus sandbox, Doing doing) => new(sandbox.App, sandbox.PoolId, sandbox.Service, doing, time.GetUtcNow());

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
