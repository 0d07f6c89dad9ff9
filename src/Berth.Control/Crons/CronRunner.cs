using System.Collections.Concurrent;
using Berth.Control.Logs;
using Berth.Control.Reconciling;
using Berth.Control.Store;
using Berth.Model;
using Berth.Planning.Crons;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Crons;

/// <summary>
/// Begins crons at their times, each in a sandbox of its own, and notes how they end. A run is written down before its sandbox starts and stands in engine and store like anything else: a
/// berthd that comes back finds it there, going on or ended. Thread-safe.
/// </summary>
internal sealed partial class CronRunner(Stores stores, IEngine engine, AppNetworks networks, LogCollector collector, ControlOptions options, TimeProvider time, ILogger<CronRunner> log) : IDisposable
{
    /// <summary>How long the end of a run's output may take to arrive.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<string, bool> _noticed = new(StringComparer.Ordinal);

    /// <summary>The crons of each app's active release. Only touched by who has the turn.</summary>
    private readonly Dictionary<string, AppCrons> _apps = new(StringComparer.Ordinal);

    /// <summary>Until then there is nothing to do, unless something is written to the store. Only touched by who has the turn.</summary>
    private (long Written, DateTimeOffset Due)? _rest;

    /// <summary>Something happened to the app's sandboxes: one of its runs may have ended.</summary>
    public void Notice(string app) => _noticed[app] = true;

    /// <summary>One look at all clocks and at what runs.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var written = stores.State.Written;
            if (_rest is { } rest && rest.Written == written && time.GetUtcNow() < rest.Due)
                return;
            _rest = null;
            var running = stores.Crons.ListRunning();
            foreach (var ending in running.GroupBy(r => r.App))
                await FollowAsync(ending.Key, [.. ending], ct);
            foreach (var app in stores.Apps.List())
                await LookAsync(app, ct);
            if (running.Count == 0)
                _rest = (written, _apps.Values.SelectMany(app => app.Clocks).Min(clock => clock.NextAt) ?? DateTimeOffset.MaxValue);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Begins one now, whatever its schedule; null if it still runs and does not overlap.</summary>
    public async Task<CronRun?> BeginAsync(AppRecord app, Release release, CronDefinition cron, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return !cron.Overlap && IsRunning(app.Name, cron.Name) ? null : await BeginAsync(app, release, cron, due: null, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task LookAsync(AppRecord app, CancellationToken ct)
    {
        if (app.Deleting || app.ActiveRelease is not { } active)
        {
            _apps.Remove(app.Name);
            return;
        }
        if (!_apps.TryGetValue(app.Name, out var crons) || crons.Release.Id != active)
            _apps[app.Name] = crons = AppCrons.Of(stores, stores.Releases.Find(active)!);
        var now = time.GetUtcNow();
        foreach (var clock in crons.Clocks.Where(c => c.NextAt <= now))
        {
            var decided = CronPlanner.Decide(clock.Schedule, clock.Zone, clock.Since, now, IsRunning(app.Name, clock.Cron.Name), clock.Cron.Overlap, options.CronLateness);
            clock.NextAt = decided.NextAt;
            if (decided.Due is not { } due)
                continue;
            clock.Since = due;
            if (decided.Verdict == CronVerdict.Run)
                await BeginAsync(app, crons.Release, clock.Cron, due, ct);
            else
                stores.Crons.Add(NotBegun(app, crons.Release, clock.Cron, due, decided.Verdict), options.CronRunsKept);
        }
    }

    private bool IsRunning(string app, string cron) => stores.Crons.ListRunning().Any(r => r.App == app && r.Cron == cron);

    private CronRun NotBegun(AppRecord app, Release release, CronDefinition cron, DateTimeOffset due, CronVerdict verdict)
    {
        var run = NewRun(app, release, cron, due);
        return run with { Deadline = run.At, EndedAt = run.At, Outcome = verdict == CronVerdict.Skip ? CronOutcome.Skipped : CronOutcome.Missed };
    }

    private CronRun NewRun(AppRecord app, Release release, CronDefinition cron, DateTimeOffset? due)
    {
        var now = time.GetUtcNow();
        return new()
        {
            Id = Ids.Sandbox(app.Name, cron.Name.ToLowerInvariant(), now), App = app.Name, Cron = cron.Name, Release = release.Id, Due = due, At = now, Deadline = now + cron.Timeout, Outcome = CronOutcome.Running,
        };
    }

    private async Task<CronRun> BeginAsync(AppRecord app, Release release, CronDefinition cron, DateTimeOffset? due, CancellationToken ct)
    {
        var run = NewRun(app, release, cron, due);
        stores.Crons.Add(run, options.CronRunsKept);
        try
        {
            var like = (cron.Service is { } service ? release.FindService(service) : null) ?? release.OwnService;
            var setting = stores.Settings.List(app.Name).GetValueOrDefault(like.Definition.Name) ?? ServiceSetting.None;
            await engine.StartSandboxAsync(SandboxSpecs.Cron(run.Id, release, cron, like, setting, await networks.EnsureAsync(app, ct)), ct);
        }
        catch (EngineException e)
        {
            stores.Crons.End(run, CronOutcome.Failed, exitCode: null, e.Message, time.GetUtcNow());
        }
        Notice(app.Name);
        return stores.Crons.Find(run.Id) ?? run;
    }

    /// <summary>Takes up what an app's runs printed and how they ended, and stops those that take too long.</summary>
    private async Task FollowAsync(string app, IReadOnlyList<CronRun> running, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (!_noticed.TryRemove(app, out _) && running.All(r => r.Deadline > now))
            return;
        try
        {
            var sandboxes = (await engine.ListSandboxesAsync(app, ct)).Where(s => s.Role == SandboxRole.Cron).ToDictionary(s => s.Id, StringComparer.Ordinal);
            foreach (var run in running)
                await FollowAsync(run, sandboxes.GetValueOrDefault(run.Id), now, ct);
            // A kill came between the note of its end and its removal.
            foreach (var left in sandboxes.Keys.Except(running.Select(r => r.Id)))
                await engine.RemoveSandboxAsync(left, ct);
        }
        catch (EngineException e)
        {
            Notice(app);
            LogNotSeen(app, e.Message);
        }
    }

    private async Task FollowAsync(CronRun run, SandboxStatus? sandbox, DateTimeOffset now, CancellationToken ct)
    {
        if (sandbox is null or { State: SandboxState.Created })
        {
            stores.Crons.End(run, CronOutcome.Failed, exitCode: null, "its sandbox is gone: berthd or the engine ended while it started, or somebody removed it", now);
            await engine.RemoveSandboxAsync(run.Id, ct);
            return;
        }
        collector.Follow(sandbox);
        var late = sandbox.State != SandboxState.Exited && run.Deadline <= now;
        if (late)
            await engine.StopSandboxAsync(run.Id, ct);
        else if (sandbox.State != SandboxState.Exited)
            return;
        await collector.DrainAsync(run.Id, DrainLimit, ct);
        if (late)
            stores.Crons.End(run, CronOutcome.TimedOut, exitCode: null, "it ran too long and was stopped; timeout in [[crons]] allows more", time.GetUtcNow());
        else
            stores.Crons.End(run, sandbox.ExitCode == 0 ? CronOutcome.Succeeded : CronOutcome.Failed, sandbox.ExitCode, sandbox.OutOfMemory ? "it ran out of memory" : sandbox.StartError, time.GetUtcNow());
        await engine.RemoveSandboxAsync(run.Id, ct);
        collector.Forget(run.Id);
    }

    [LoggerMessage(LogLevel.Warning, "The crons of app {App} could not be looked at; it is tried again: {Reason}")]
    private partial void LogNotSeen(string app, string reason);
}
