using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Autoscaling;
using Berth.Control.Reconciling;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>Apps, services, pools and sandboxes as people see them: what was asked for beside what runs. The one place where their status becomes words.</summary>
internal sealed class AppViews(ControlPlane control)
{
    public async Task<IReadOnlyList<AppInfo>> ListAsync(Grant grant, CancellationToken ct)
    {
        var sandboxes = (await control.Engine.ListSandboxesAsync(app: null, ct)).ToLookup(s => s.App, StringComparer.Ordinal);
        return [.. control.Stores.Apps.List().Where(a => !a.Deleting && grant.Covers(a.Name)).Select(a => App(a, [.. sandboxes[a.Name]]))];
    }

    public async Task<AppInfo> FindAsync(AppRecord app, CancellationToken ct)
    {
        var wakes = await control.Publisher.AskAsync(router => router.WakesAsync(app.Name, ct), otherwise: []);
        return App(app, await control.Engine.ListSandboxesAsync(app.Name, ct)) with
        {
            Wakes = wakes.Count == 0 ? null : [.. wakes.Select(w => new WakeInfo(w.From.ToString().ToLowerInvariant(), w.Count, Milliseconds(w, 0.5), Milliseconds(w, 0.99)))],
        };
    }

    public async Task<IReadOnlyList<PoolInfo>> PoolsAsync(string? app, Grant grant, CancellationToken ct)
    {
        var sandboxes = (await control.Engine.ListSandboxesAsync(app, ct)).ToLookup(s => s.PoolId, StringComparer.Ordinal);
        var apps = control.Stores.Apps.List().Where(a => (app is null || a.Name == app) && grant.Covers(a.Name));
        return [.. apps.SelectMany(a => Pools(a, sandboxes))];
    }

    public async Task<IReadOnlyList<SandboxInfo>> SandboxesAsync(string? app, bool all, Grant grant, CancellationToken ct)
    {
        var services = new Dictionary<string, ReleaseService>(StringComparer.Ordinal);
        foreach (var record in control.Stores.Apps.List())
        {
            foreach (var service in Releases(record).Concat(BesideRelease.Of(control.Stores, record).Select(b => b.Release)).SelectMany(r => r.Services))
                services[service.PoolId] = service;
        }
        return [.. (await control.Engine.ListSandboxesAsync(app, ct))
            .Where(s => grant.Covers(s.App) && (all || s.State is SandboxState.Running or SandboxState.Frozen))
            .OrderBy(s => s.App, StringComparer.Ordinal).ThenBy(s => s.Service, StringComparer.Ordinal).ThenBy(s => s.CreatedAt)
            .Select(s => Sandbox(s, services.GetValueOrDefault(s.PoolId)))];
    }

    public async Task<ScalingInfo> ScalingAsync(AppRecord app, CancellationToken ct)
    {
        var sandboxes = await control.Engine.ListSandboxesAsync(app.Name, ct);
        var settings = control.Stores.Settings.List(app.Name);
        var active = app.ActiveRelease is { } id ? control.Stores.Releases.Find(id) : null;
        var demand = control.Demand.Of(app.Name);
        return new()
        {
            InFlight = demand.InFlight,
            Waiting = demand.Waiting,
            Services = [.. (active?.Services ?? []).Select(s => Scaling(app.Name, s, ScaleText.Apply(s.Definition.Scaling, settings.GetValueOrDefault(s.Definition.Name)?.Scale), sandboxes))],
            Changes = [.. demand.Changes.Select(c => new ScalingChangeInfo(c.At, c.Service, c.From, c.To, c.Reason))],
        };
    }

    private ServiceScaling Scaling(string app, ReleaseService service, Scaling scaling, IReadOnlyList<SandboxStatus> sandboxes)
    {
        var name = service.Definition.Name;
        var desired = control.Demand.Desired(app, service, scaling);
        var follows = DemandBook.FollowsDemand(service, scaling);
        return new(name, scaling.ModeName, desired, Count(SandboxState.Running), Count(SandboxState.Frozen),
            follows ? control.Demand.Last(app, name)?.Reason ?? "not decided yet" : $"fixed at {desired}");

        int Count(SandboxState state) => sandboxes.Count(s => s.PoolId == service.PoolId && s.Role == SandboxRole.Service && s.State == state);
    }

    private AppInfo App(AppRecord app, IReadOnlyList<SandboxStatus> sandboxes)
    {
        var active = app.ActiveRelease is { } id ? control.Stores.Releases.Find(id) : null;
        var failure = control.Stores.Deployments.LastFailure(app.Name) is { } last ? new FailedDeploymentInfo(last.Id, last.EndedAt ?? last.StartedAt, last.Error) : null;
        var settings = control.Stores.Settings.List(app.Name);
        var crashes = control.Stores.Crashes.List(app.Name);
        var services = (active?.Services ?? []).Select(s => Service(app.Name, s, settings.GetValueOrDefault(s.Definition.Name) ?? ServiceSetting.None, crashes.GetValueOrDefault(s.PoolId), sandboxes)).ToList();
        return new()
        {
            Name = app.Name,
            Version = active?.Id,
            Release = active?.Label,
            DeployedAt = active is null ? null : control.Stores.Deployments.DeployedAt(active.Id) ?? active.CreatedAt,
            Commit = active?.Commit,
            CreatedAt = app.CreatedAt,
            Urls = active is null || active.Services.Any(s => s.Definition.IsRoutable) ? control.Routes.UrlsOf(app.Name) : [],
            Status = StatusOf(app, active, failure, services),
            Services = services,
            LastFailure = failure,
            Maintenance = control.Routes.MaintenanceOf(app.Name) is { } mode ? new MaintenanceInfo(mode.Since, mode.RetryAfter?.TotalSeconds) : null,
        };
    }

    private ServiceInfo Service(string app, ReleaseService service, ServiceSetting setting, Crash? crash, IReadOnlyList<SandboxStatus> sandboxes)
    {
        var definition = service.Definition;
        var scaling = ScaleText.Apply(definition.Scaling, setting.Scale);
        var own = sandboxes.Where(s => s.PoolId == service.PoolId && s.Role == SandboxRole.Service).ToList();
        var (desired, ready) = (control.Demand.Desired(app, service, scaling), own.Count(s => control.IsReady(s, service)));
        return new()
        {
            Name = definition.Name,
            Command = definition.Command ?? (definition.Args is { } args ? string.Join(' ', args) : null),
            Image = service.ImageName,
            Port = service.Port,
            Sidecars = definition.Sidecars.Count == 0 ? null : [.. definition.Sidecars.Select(s => s.Name)],
            Mode = scaling.ModeName,
            ScaledByPerson = setting.Scale is not null,
            Desired = desired,
            Current = own.Count(IsAlive),
            Ready = ready,
            MemoryBytes = setting.MemoryBytes ?? definition.MemoryBytes,
            Cpu = setting.Cpu ?? definition.Cpu,
            Status = desired == 0 ? DemandBook.FollowsDemand(service, scaling) ? "asleep" : "stopped" : ready >= desired ? "running" : crash is not null ? "crashed" : "starting",
            LastCrash = crash is null ? null : CrashOf(crash),
        };
    }

    private IEnumerable<PoolInfo> Pools(AppRecord app, ILookup<string, SandboxStatus> sandboxes)
    {
        var settings = control.Stores.Settings.List(app.Name);
        var active = app.ActiveRelease is { } id && control.Stores.Releases.Find(id) is { } release ? SandboxSpecs.Pools(release, settings, (_, _) => 0) : [];
        var beside = BesideRelease.Of(control.Stores, app).SelectMany(b => b.Pools(settings, active, (s, scaling) => control.Demand.Desired(b.RoutedName, s, scaling)).Select(p => (Pool: p, Service: b.Release.Services.First(s => s.PoolId == p.Id))));
        var wanted = Releases(app).Reverse().SelectMany(r => SandboxSpecs.Pools(r, settings, (s, scaling) => control.Demand.Desired(app.Name, s, scaling)).Select(p => (Pool: p, Service: r.Services.First(s => s.PoolId == p.Id))))
            .Concat(beside).DistinctBy(w => w.Pool.Id).ToDictionary(w => w.Pool.Id, StringComparer.Ordinal);
        foreach (var pool in control.Stores.Releases.Pools(app.Name))
        {
            var own = sandboxes[pool.Id].Where(s => s.Role == SandboxRole.Service).ToList();
            var isWanted = wanted.TryGetValue(pool.Id, out var spec);
            // A pool of an older release is of interest only while something of it still runs.
            if (!isWanted && own.Count == 0)
                continue;
            yield return new()
            {
                Id = pool.Id,
                Version = pool.Release,
                App = app.Name,
                Service = pool.Service,
                Desired = isWanted ? spec.Pool.Desired : 0,
                Current = own.Count(IsAlive),
                Ready = isWanted ? own.Count(s => control.IsReady(s, spec.Service)) : 0,
            };
        }
    }

    private SandboxInfo Sandbox(SandboxStatus sandbox, ReleaseService? service) => new()
    {
        Id = sandbox.Id,
        App = sandbox.App,
        Service = sandbox.Service,
        Pool = sandbox.PoolId,
        Version = sandbox.ReleaseId,
        Address = sandbox.Address is { } address ? $"{address}/{sandbox.PrefixLength}" : null,
        Status = sandbox switch
        {
            { State: SandboxState.Frozen } => "standby",
            { State: SandboxState.Exited, OutOfMemory: true } => "out of memory",
            { State: SandboxState.Exited, EndedSidecar: { } sidecar } => $"sidecar {sidecar} exited ({sandbox.ExitCode})",
            { State: SandboxState.Exited } => $"exited ({sandbox.ExitCode})",
            { State: SandboxState.Created } => "starting",
            { Role: not SandboxRole.Service } => "running",
            _ when control.IsEnding(sandbox) || service is null => "draining",
            _ => control.IsReady(sandbox, service) ? "running" : "starting",
        },
        Sidecars = sandbox.Sidecars.Count == 0 ? null : [.. sandbox.Sidecars.Select(s => s.Name)],
        StartedAt = sandbox.StartedAt,
        InFlight = control.Publisher.View.InFlight.GetValueOrDefault(sandbox.Id),
    };

    private static double Milliseconds(WakeTimes wakes, double quantile) => Math.Round(wakes.Quantile(quantile).TotalMilliseconds, 1);

    /// <summary>The active release, then the one that a deployment moves to.</summary>
    private IEnumerable<Release> Releases(AppRecord app)
    {
        var target = app.TargetDeployment is { } deployment ? control.Stores.Deployments.Find(deployment)?.ReleaseId : null;
        return new[] { app.ActiveRelease, target }.Distinct().Select(id => id is null ? null : control.Stores.Releases.Find(id)).OfType<Release>();
    }

    private static bool IsAlive(SandboxStatus sandbox) => sandbox.State is SandboxState.Running or SandboxState.Frozen;

    private static string StatusOf(AppRecord app, Release? active, FailedDeploymentInfo? failure, IReadOnlyList<ServiceInfo> services)
    {
        if (app.TargetDeployment is not null)
            return "deploying";
        if (active is null)
            return failure is null ? "new" : "failed";
        if (services.All(s => s.Desired == 0))
            return services.Any(s => s.Status == "asleep") ? "asleep" : "stopped";
        var broken = services.Count(s => s.Status == "crashed");
        return broken == services.Count ? "crashed" : services.All(s => s.Ready >= s.Desired) ? "running" : "degraded";
    }

    private static CrashInfo CrashOf(Crash crash) => new()
    {
        Sandbox = crash.Sandbox,
        At = crash.At,
        ExitCode = crash.ExitCode,
        OutOfMemory = crash.OutOfMemory,
        Count = crash.Count,
        NextTryAt = new Berth.Planning.CrashRecord(crash.Count, crash.At, crash.Sandbox).NextTryAt,
        LastLines = crash.LastLines,
    };
}
