using Berth.Model;
using Berth.Router.Rules;

namespace Berth.Router.Routing;

/// <summary>
/// The snapshot in force and all that outlives snapshots: loads of apps and sandboxes. Requests read the snapshot without a lock;
/// swaps and reports take one. Invariant: a sandbox that is not in the snapshot of a report, and not among the report's requests in
/// flight, never gets a request again (unless a later snapshot names it).
/// </summary>
public sealed class Routes(RouterOptions options, LoginQueue loginQueue, TimeProvider time, ChangeSignal changed)
{
    private readonly Lock _lock = new();
    private readonly Action _changed = changed.Raise;

    // Guarded by the lock; also hold what left the snapshot until its last request has ended.
    private readonly Dictionary<string, AppLoad> _apps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SandboxLoad> _sandboxes = new(StringComparer.Ordinal);
    private long _lastTarget;

    private RouteSnapshot _current = new(RouteTable.Empty, new Dictionary<string, AppRoute>(), new Dictionary<RouteLogin, LoginCheck>(), httpsPort: null);

    /// <summary>Where the router takes TLS; null: nowhere. To be set before the first snapshot.</summary>
    public int? HttpsPort { get; set; }

    public RouteSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Puts a table in force. False, and nothing changes, if it is older than the one in force. It must have passed <see cref="RouteTableCheck"/>.</summary>
    public bool Apply(RouteTable table)
    {
        RouteSnapshot next;
        List<AppLoad> gone;
        lock (_lock)
        {
            if (table.Version < _current.Version)
                return false;
            next = Build_NeedsLock(table);
            // A full fence, the counterpart of the one in SandboxLoad.Begin.
            Interlocked.Exchange(ref _current, next);
            gone = Prune_NeedsLock(next);
        }
        OpenGates(next, gone);
        _changed();
        return true;
    }

    /// <summary>
    /// Claims a sandbox of the app by the snapshot in force, or null if none is there. With <paramref name="alsoTakenOut"/>, one that failed
    /// to connect just now will do too.
    /// </summary>
    public Claim? TryClaim(string app, bool alsoTakenOut = false)
    {
        while (true)
        {
            var snapshot = Current;
            var route = snapshot.FindApp(app);
            if (route?.Pick(alsoTakenOut) is not { } target)
                return null;
            target.Load.Begin();
            // The snapshot may have been swapped between the look and the count, and a report may have said "nothing in flight"
            // of a sandbox that was dropped. So: count first, then look again. Either the report sees the count, or this sees the swap.
            if (ReferenceEquals(snapshot, Current))
            {
                route.Load.Begin();
                _changed();
                return new Claim(route, target, _changed);
            }
            target.Load.End();
        }
    }

    /// <summary>Whether there is any point in waiting: false when a sandbox is ready, and when none is going to be.</summary>
    public bool ShouldWait(string app) =>
        Current.FindApp(app) is { HoldWhenEmpty: true } route && !route.HasReady;

    /// <summary>Leaves a sandbox that refused a connection out for a while; who waits meanwhile looks again when the while is over.</summary>
    public void TakeOut(Claim claim) =>
        claim.Target.TakeOut(options.TakeOutTime, time, claim.Route.Load.Gate.Open);

    /// <summary>Of all apps that are known, by name.</summary>
    public IReadOnlyList<AppLoad> Loads()
    {
        lock (_lock)
            return [.. _apps.Values.OrderBy(app => app.Name, StringComparer.Ordinal)];
    }

    /// <summary>How long requests waited for the app to wake; nothing for one that is not known.</summary>
    public IReadOnlyList<WakeTimes> WakesOf(string app)
    {
        lock (_lock)
            return _apps.GetValueOrDefault(app)?.Wakes() ?? [];
    }

    public RouterReport Report()
    {
        lock (_lock)
        {
            // The version first: counts read after it hold for it.
            var version = _current.Version;
            return new RouterReport
            {
                Version = version,
                Apps = [.. _apps.Values.Where(app => app.Total > 0).Select(app => app.Demand()).OrderBy(app => app.App, StringComparer.Ordinal)],
                InFlight = _sandboxes.Values.Select(load => (load.Id, load.InFlight)).Where(one => one.InFlight > 0)
                    .ToDictionary(one => one.Id, one => one.InFlight, StringComparer.Ordinal),
            };
        }
    }

    /// <summary>Of an app's sandboxes in the snapshot in force; empty where it has none.</summary>
    public IReadOnlyList<SandboxAnswers> Answers(string app) => [.. Current.FindApp(app)?.Targets.Select(target => target.Load.Answers) ?? []];

    private RouteSnapshot Build_NeedsLock(RouteTable table)
    {
        var known = _current.Apps.SelectMany(app => app.Targets).ToDictionary(target => target.Sandbox);
        var apps = new Dictionary<string, AppRoute>(StringComparer.Ordinal);
        foreach (var app in table.Apps)
        {
            if (!_apps.TryGetValue(app.Name, out var load))
                _apps[app.Name] = load = new AppLoad(app.Name, new WaitingGate(options.QueueLimit, time, _changed));
            apps[app.Name] = new AppRoute(app, load, [.. app.Sandboxes.Select(sandbox => known.GetValueOrDefault(sandbox) ?? NewTarget_NeedsLock(sandbox))]);
        }
        // Who is in stays in while the password stays.
        var logins = table.Hosts.Select(host => host.Rules?.Login).OfType<RouteLogin>().Distinct()
            .ToDictionary(login => login, login => _current.Logins.GetValueOrDefault(login) ?? new LoginCheck(login, loginQueue));
        return new RouteSnapshot(table, apps, logins, HttpsPort);
    }

    private SandboxTarget NewTarget_NeedsLock(RoutedSandbox sandbox)
    {
        if (!_sandboxes.TryGetValue(sandbox.Id, out var load))
            _sandboxes[sandbox.Id] = load = new SandboxLoad(sandbox.Id);
        return new SandboxTarget(sandbox, load, ++_lastTarget);
    }

    /// <summary>
    /// Forgets what neither the snapshot nor a request needs; returns the apps that the snapshot has not. Only after the swap: a count of 0
    /// seen before it could still rise.
    /// </summary>
    private List<AppLoad> Prune_NeedsLock(RouteSnapshot snapshot)
    {
        var wanted = snapshot.Apps.SelectMany(app => app.Targets).Select(target => target.Load.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var load in _sandboxes.Values.Where(load => load.InFlight == 0 && !wanted.Contains(load.Id)).ToList())
            _sandboxes.Remove(load.Id);
        var gone = _apps.Values.Where(app => snapshot.FindApp(app.Name) is null).ToList();
        foreach (var app in gone.Where(app => app.IsIdle))
            _apps.Remove(app.Name);
        return gone;
    }

    private static void OpenGates(RouteSnapshot snapshot, List<AppLoad> gone)
    {
        foreach (var route in snapshot.Apps)
        {
            if (route.HasReady)
                route.Load.Gate.Open();
            else if (!route.HoldWhenEmpty)
                route.Load.Gate.Fail();
        }
        foreach (var app in gone)
            app.Gate.Fail();
    }
}
