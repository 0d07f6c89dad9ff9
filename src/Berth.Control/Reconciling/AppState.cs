using Berth.Control.Autoscaling;
using Berth.Control.Store;
using Berth.Model;
using Berth.Planning;

namespace Berth.Control.Reconciling;

/// <summary>All that the store says about one app at one moment. Immutable.</summary>
internal sealed class AppState
{
    private AppState()
    {
    }

    public required AppRecord App { get; init; }

    public required Release? Active { get; init; }

    /// <summary>The deployment that has reached its start phase and not ended.</summary>
    public required Deployment? Deployment { get; init; }

    /// <summary>The release it moves to; null once it is the active one.</summary>
    public required Release? Target { get; init; }

    /// <summary>Releases that get a share of the requests beside the active one.</summary>
    public required IReadOnlyList<BesideRelease> Beside { get; init; }

    public required IReadOnlyDictionary<string, ServiceSetting> Settings { get; init; }

    /// <summary>By pool id, of the active release and the target: what an older release did counts no more.</summary>
    public required IReadOnlyDictionary<string, Crash> Crashes { get; init; }

    public required AppSpec Wanted { get; init; }

    /// <param name="running">What the engine shows of the app.</param>
    public static AppState Load(Stores stores, AppRecord app, DemandBook demand, IReadOnlyList<SandboxStatus> running)
    {
        var active = app.ActiveRelease is { } id ? stores.Releases.Find(id) : null;
        var deployment = app.TargetDeployment is { } target ? stores.Deployments.Find(target) : null;
        var release = deployment is { ReleaseId: { } targetId, Phase: < DeploymentPhase.Drain } ? stores.Releases.Find(targetId) : null;
        var settings = stores.Settings.List(app.Name);
        var beside = BesideRelease.Of(stores, app);
        IReadOnlyList<PoolSpec> activePools = active is null ? [] : SandboxSpecs.Pools(active, settings, Decided);
        var pools = beside.Select(b => b.Release).Prepend(active).Prepend(release).OfType<Release>().SelectMany(r => r.Services).Select(s => s.PoolId).ToHashSet(StringComparer.Ordinal);
        return new()
        {
            App = app,
            Active = active,
            Deployment = deployment,
            Target = release,
            Beside = beside,
            Settings = settings,
            Crashes = stores.Crashes.List(app.Name).Where(c => pools.Contains(c.Key)).ToDictionary(StringComparer.Ordinal),
            Wanted = new()
            {
                App = app.Name,
                Active = activePools,
                Beside = [.. beside.SelectMany(b => b.Pools(settings, activePools, (service, scaling) => demand.Decide(b.RoutedName, service.Definition.Name, scaling, running.Count(s => s.PoolId == service.PoolId && s.State == SandboxState.Running)).Desired)).DistinctBy(p => p.Id)],
                Target = release is null ? null : SandboxSpecs.Pools(release, settings, Proving),
                TargetServes = release is not null && deployment!.Phase >= DeploymentPhase.Switch,
                TargetSince = deployment?.StartedAt ?? DateTimeOffset.MinValue,
            },
        };

        int Decided(ReleaseService service, Scaling scaling) => DemandBook.FollowsDemand(service, scaling)
            ? demand.Decide(app.Name, service.Definition.Name, scaling, running.Count(s => s.PoolId == service.PoolId && s.State == SandboxState.Running)).Desired
            : DemandBook.Constant(scaling);

        // A new release shows that it comes up before it may sleep.
        int Proving(ReleaseService service, Scaling scaling) => DemandBook.FollowsDemand(service, scaling)
            ? Math.Max(demand.Desired(app.Name, service, scaling), Math.Min(1, scaling.MaxInstances))
            : DemandBook.Constant(scaling);
    }

    /// <summary>When time alone changes a count.</summary>
    public DateTimeOffset? CountsChangeAt(DemandBook demand) => Beside.Select(b => b.RoutedName).Prepend(App.Name)
        .SelectMany(name => Wanted.Active.Concat(Wanted.Beside).Where(p => p.Auto).Select(p => demand.Last(name, p.Service)?.ChangesAt)).Min();

    /// <summary>The service that a pool runs, in a release that is to run; null for a pool of none.</summary>
    public ReleaseService? FindService(string pool) => FindRelease(pool)?.Services.First(s => s.PoolId == pool);

    public SandboxSpec NewSandbox(string pool, AppNetwork network, DateTimeOffset now)
    {
        var release = FindRelease(pool)!;
        var service = release.Services.First(s => s.PoolId == pool);
        var name = service.Definition.Name;
        return SandboxSpecs.Sandbox(Ids.Sandbox(App.Name, name, now), release, service, Settings.GetValueOrDefault(name) ?? ServiceSetting.None, network);
    }

    private Release? FindRelease(string pool) =>
        Beside.Select(b => b.Release).Prepend(Active).Prepend(Target).OfType<Release>().FirstOrDefault(r => r.Services.Any(s => s.PoolId == pool));
}
