using Berth.Control.Autoscaling;
using Berth.Control.Logs;
using Berth.Control.Metrics;
using Berth.Control.Routing;
using Berth.Control.Store;
using Berth.Control.Trials;
using Berth.Model;
using Berth.Planning;
using System.Collections.Concurrent;

namespace Berth.Control.Reconciling;

/// <summary>
/// Brings one app in line: reads what is asked for (store) and what runs (engine, prober, router), asks <see cref="AppPlanner"/>, gives the
/// router its new routes, begins the steps, and records what became of the deployment. Never run twice at once for one app (the
/// <see cref="ReconcileLoop"/> sees to that); a kill at any point loses nothing, because the next look starts from both truths again.
/// </summary>
internal sealed class AppReconciler(
    Stores stores, IEngine engine, AppNetworks networks, AppPlanner planner, SandboxActions actions, ReadinessProber prober, LogCollector collector, SandboxMeter meter,
    RoutePublisher publisher, DemandBook demand, ReleaseTrials trials, DeploymentProgress progress, AppRemoval removal, Settling settling, TimeProvider time)
{
    /// <summary>Whoever waits for an app to settle is told to look for himself after so many crashes of one pool.</summary>
    private const int HopelessCrashes = 3;

    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _frozenSince = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _drainingSince = new(StringComparer.Ordinal);

    /// <summary>Returns when to look again if nothing happens before; null: never.</summary>
    public async Task<DateTimeOffset?> ReconcileAsync(string app, CancellationToken ct)
    {
        // Before anything is read: whoever asks from now on is answered by the next look.
        var waiting = settling.Take(app);
        try
        {
            var (settled, lookAgainAt) = await LookAsync(app, ct);
            if (settled)
                waiting.Complete();
            else
                settling.PutBack(app, waiting);
            return lookAgainAt;
        }
        catch
        {
            settling.PutBack(app, waiting);
            throw;
        }
    }

    private async Task<(bool Settled, DateTimeOffset? LookAgainAt)> LookAsync(string app, CancellationToken ct)
    {
        if (stores.Apps.Find(app) is not { } record)
            return (true, null);
        // Before the engine is asked: a start that ends meanwhile is then in both, and never in neither.
        var underWay = actions.Of(app);
        var running = await engine.ListSandboxesAsync(app, ct);
        if (record.Deleting)
        {
            _seen.TryRemove(app, out _);
            trials.Stop(app);
            return await removal.ContinueAsync(record, running, ct) ? (true, null) : (false, time.GetUtcNow() + TimeSpan.FromSeconds(1));
        }

        foreach (var sandbox in running.Where(s => IsBroken(s, doing: null)))
            actions.End(sandbox);
        var state = AppState.Load(stores, record, demand, running);
        demand.KeepOnly(app, [.. state.Wanted.Active.Where(p => p.Auto).Select(p => p.Service)]);
        await ObserveAsync(app, state, running, ct);
        var plan = Plan(state, running, underWay);
        if (await ThawAsync(plan, running, ct) is [_, ..] thawed)
        {
            running = thawed;
            await ObserveAsync(app, state, running, ct);
            plan = Plan(state, running, underWay);
        }
        if (plan.Verdict is DeploymentVerdict.Switch)
            await trials.PrepareAsync(state, ct);
        else
            trials.Stop(app);

        // What only adds need not wait for the router: a request may be waiting for it.
        await BeginAsync(state, plan.Steps.Where(Adds), running, ct);
        // What was under way before still counts: one that has ended since is in no listing of this look.
        underWay = actions.Of(app).Concat(underWay).DistinctBy(a => a.Key).ToDictionary(StringComparer.Ordinal);
        // New routes before the rest: a sandbox may only stop after the router let go of it. Its answer can free others, so plan again.
        if (publisher.SetApp(RoutesOf(state, plan, running), RoutesBeside(state, plan, running)) && await publisher.PublishAsync(ct))
        {
            plan = Plan(state, running, underWay);
            await BeginAsync(state, plan.Steps.Where(Adds), running, ct);
            if (await ThawAsync(plan, running, ct) is [_, ..])
                return (false, time.GetUtcNow());
        }
        NoteDraining(app, plan);
        await BeginAsync(state, plan.Steps.Where(step => !Adds(step)), running, ct);
        var settled = plan.Settled || state.Crashes.Values.Any(c => c.Count >= HopelessCrashes);
        if (plan.Verdict is DeploymentVerdict.Switch)
        {
            foreach (var pool in state.Wanted.Target!.Where(p => p.Auto))
                demand.Proven(app, pool.Service);
        }
        if (progress.Record(state, plan, running))
            return (settled, time.GetUtcNow());
        var countsChangeAt = state.CountsChangeAt(demand);
        return (settled, countsChangeAt < plan.LookAgainAt || plan.LookAgainAt is null ? countsChangeAt : plan.LookAgainAt);
    }

    /// <summary>Starts following logs, sampling and probing for what runs, and forgets what is gone.</summary>
    private async Task ObserveAsync(string app, AppState state, IReadOnlyList<SandboxStatus> running, CancellationToken ct)
    {
        var firstTries = new List<Task>();
        foreach (var sandbox in running.Where(s => s.Role == SandboxRole.Service))
        {
            // The engine has no stream to follow before the start, and would say at once that it has ended.
            if (sandbox.State != SandboxState.Created)
                collector.Follow(sandbox);
            meter.Follow(sandbox);
            // A frozen one has answered, and will again when it is thawed.
            if (sandbox.State is SandboxState.Created or SandboxState.Exited)
                prober.Forget(sandbox.Id);
            else if (sandbox.State == SandboxState.Running && state.FindService(sandbox.PoolId) is { } service && SandboxSpecs.Check(service) is { Kind: not HealthCheckKind.Process } check)
                firstTries.Add(prober.Watch(sandbox, check));
        }
        // After a start of berthd everything that runs is new to it. Without this wait the first plan would take
        // healthy sandboxes away from the router.
        if (_seen.TryAdd(app, true))
            await Task.WhenAll(firstTries).WaitAsync(ct);
    }

    private AppPlan Plan(AppState state, IReadOnlyList<SandboxStatus> running, IReadOnlyDictionary<string, UnderWay> underWay)
    {
        var view = publisher.View;
        var sandboxes = running.Where(s => s.Role == SandboxRole.Service).Select(s => new SandboxView
        {
            Id = s.Id,
            PoolId = s.PoolId,
            Service = s.Service,
            State = StateOf(s, underWay.GetValueOrDefault(s.Id)?.Doing),
            CreatedAt = s.CreatedAt,
            StartedAt = s.StartedAt,
            Answered = prober.HasAnswered(s.Id),
            Held = actions.IsHeld(s.Id),
            FrozenSince = s.State == SandboxState.Frozen ? _frozenSince.GetOrAdd(s.Id, time.GetUtcNow()) : null,
            Ending = underWay.GetValueOrDefault(s.Id)?.Doing == Doing.Ending || IsBroken(s, underWay.GetValueOrDefault(s.Id)?.Doing),
            Routed = view.IsRouted(s.Id) && Names.IsRoutable(s.Service),
            InFlight = view.InFlight.GetValueOrDefault(s.Id),
            DrainingSince = _drainingSince.TryGetValue(s.Id, out var since) ? since : null,
        }).ToList();
        var known = sandboxes.Select(s => s.Id).ToHashSet();
        sandboxes.AddRange(underWay.Where(a => a.Value.Doing == Doing.Starting && !known.Contains(a.Key)).Select(a => new SandboxView
        {
            Id = a.Key,
            PoolId = a.Value.Pool,
            Service = a.Value.Service,
            State = SandboxState.Running,
            CreatedAt = a.Value.Since,
        }));
        var crashes = state.Crashes.Values.ToDictionary(c => c.Pool, c => new CrashRecord(c.Count, c.At, c.Sandbox), StringComparer.Ordinal);
        return planner.Plan(state.Wanted, new AppStatus { Sandboxes = sandboxes, Crashes = crashes }, time.GetUtcNow());
    }

    /// <summary>A sidecar of it has ended, and it is on its way out, too. While it starts, its start fails or goes on to here.</summary>
    private static bool IsBroken(SandboxStatus sandbox, Doing? doing) =>
        sandbox is { Role: SandboxRole.Service, EndedSidecar: not null, State: SandboxState.Running or SandboxState.Frozen } && doing != Doing.Starting;

    /// <summary>A step that is under way counts as done: it is not to be begun again.</summary>
    private static SandboxState StateOf(SandboxStatus sandbox, Doing? doing) => (sandbox.State, doing) switch
    {
        // Created but not started is what a start under way looks like in the middle.
        (SandboxState.Created, Doing.Starting) => SandboxState.Running,
        (SandboxState.Running, Doing.Freezing) => SandboxState.Frozen,
        (SandboxState.Frozen, Doing.StandingStill) => SandboxState.Running,
        _ => sandbox.State,
    };

    /// <summary>Whoever finds none of these ready goes to the app itself, so nothing is held for them.</summary>
    private static IEnumerable<RoutedApp> RoutesBeside(AppState state, AppPlan plan, IReadOnlyList<SandboxStatus> running) => state.Beside.Select(beside => new RoutedApp
    {
        Name = beside.RoutedName,
        Sandboxes = Sandboxes(beside.Release.Services.SelectMany(s => plan.RoutedBeside.GetValueOrDefault(s.PoolId) ?? []), running),
        HoldWhenEmpty = false,
        StatusText = $"release {beside.Release.Label} is not ready",
    });

    private static List<RoutedSandbox> Sandboxes(IEnumerable<string> ids, IReadOnlyList<SandboxStatus> running)
    {
        var byId = running.ToDictionary(s => s.Id, StringComparer.Ordinal);
        return [.. ids.Order(StringComparer.Ordinal).Select(id => byId.GetValueOrDefault(id)).OfType<SandboxStatus>()
            .Where(s => s is { Address: not null, Port: not null })
            .Select(s => new RoutedSandbox(s.Id, s.Address!, s.Port!.Value))];
    }

    private static RoutedApp RoutesOf(AppState state, AppPlan plan, IReadOnlyList<SandboxStatus> running)
    {
        return new()
        {
            Name = state.App.Name,
            Sandboxes = Sandboxes(plan.Routed, running),
            HoldWhenEmpty = state.Wanted.Active.Concat(state.Wanted.Target ?? []).Any(p => p.Routable && (p.Desired > 0 || p.Auto)),
            StatusText = AppStatusText.ForVisitors(state),
            Asleep = AsleepOf(state, running),
        };
    }

    /// <summary>Null while one still goes to sleep: what it will be woken from is not sure yet.</summary>
    private static SleepTier? AsleepOf(AppState state, IReadOnlyList<SandboxStatus> running)
    {
        var pools = state.Wanted.Active.Where(p => p.Routable).ToList();
        if (pools.Count == 0 || !pools.All(p => p is { Auto: true, Desired: 0 }))
            return null;
        var own = running.Where(s => pools.Any(p => p.Id == s.PoolId)).ToList();
        return own.Any(s => s.State == SandboxState.Frozen) ? SleepTier.Frozen : own.Any(s => s.State == SandboxState.Running) ? null : SleepTier.Stopped;
    }

    private void NoteDraining(string app, AppPlan plan)
    {
        foreach (var id in plan.Draining)
        {
            _drainingSince.TryAdd(id, time.GetUtcNow());
            publisher.WatchDrain(app, id);
        }
        // Stopped, or called back to serve: its next drain has its whole time again.
        foreach (var id in plan.Steps.OfType<StopStep>().Select(s => s.SandboxId).Concat(plan.Routed).Concat(plan.RoutedBeside.Values.SelectMany(ids => ids)))
            _drainingSince.TryRemove(id, out _);
    }

    /// <summary>Thaws what the plan says. Returns all that runs, as it is then; nothing if none was thawed.</summary>
    private async Task<IReadOnlyList<SandboxStatus>> ThawAsync(AppPlan plan, IReadOnlyList<SandboxStatus> running, CancellationToken ct)
    {
        var frozen = plan.Steps.OfType<ThawStep>().Select(step => step.SandboxId).ToHashSet(StringComparer.Ordinal);
        if (frozen.Count == 0)
            return [];
        var after = await Task.WhenAll(running.Select(async s => frozen.Contains(s.Id) && await actions.ThawAsync(s, ct) ? s with { State = SandboxState.Running } : s));
        if (after.SequenceEqual(running))
            return [];
        foreach (var id in frozen)
            _frozenSince.TryRemove(id, out _);
        return after;
    }

    private static bool Adds(PlanStep step) => step is StartStep;

    private async Task BeginAsync(AppState state, IEnumerable<PlanStep> steps, IReadOnlyList<SandboxStatus> running, CancellationToken ct)
    {
        var byId = running.ToDictionary(s => s.Id, StringComparer.Ordinal);
        foreach (var step in steps)
        {
            switch (step)
            {
                case StartStep start:
                    var network = await networks.EnsureAsync(state.App, ct);
                    for (int i = 0; i < start.Count; i++)
                        actions.Start(state.NewSandbox(start.PoolId, network, time.GetUtcNow()), state.FindService(start.PoolId)!.Definition.Disks);
                    break;
                case FreezeStep freeze when byId.TryGetValue(freeze.SandboxId, out var sandbox):
                    actions.Freeze(sandbox);
                    break;
                case StopStep stop when byId.TryGetValue(stop.SandboxId, out var sandbox):
                    prober.Forget(sandbox.Id);
                    _frozenSince.TryRemove(sandbox.Id, out _);
                    actions.Stop(sandbox);
                    break;
                case CollectStep collect when byId.TryGetValue(collect.SandboxId, out var sandbox):
                    actions.Collect(sandbox, collect.Crashed);
                    break;
            }
        }
    }
}
