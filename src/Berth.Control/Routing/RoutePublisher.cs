using Berth.Control.Certificates;
using Berth.Control.Certificates.Acme;
using Berth.Control.Store;
using Berth.Model;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Routing;

/// <summary>What the router is known to do, as control may rely on it.</summary>
/// <param name="MayRoute">Ids that the router may still send requests to; null until the first snapshot of this berthd is in force: then any.</param>
/// <param name="InFlight">Requests by sandbox id, as of the last report.</param>
/// <param name="Apps">Demand by app.</param>
public sealed record RouterView(IReadOnlySet<string>? MayRoute, IReadOnlyDictionary<string, int> InFlight, IReadOnlyDictionary<string, AppDemand> Apps)
{
    public bool IsRouted(string sandbox) => MayRoute is null || MayRoute.Contains(sandbox);
}

/// <summary>
/// Puts the apps' routes together to snapshots, sends them to the router and keeps what it reports. Nothing is sent before
/// <see cref="OpenAsync"/>: until every app was looked at once after a start, the router's own last snapshot is better. Thread-safe.
/// </summary>
public sealed partial class RoutePublisher(RouteStore routes, CertificateFiles certificates, ControlOptions options, TimeProvider time, ILogger<RoutePublisher> log) : IChallengeBoard
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _pushing = new(1);
    // By app: itself, then its releases that get a share of the requests.
    private readonly Dictionary<string, IReadOnlyList<RoutedApp>> _apps = new(StringComparer.Ordinal);
    private readonly List<RoutedChallenge> _challenges = [];
    private readonly Dictionary<string, string> _drains = new(StringComparer.Ordinal);
    private IRouterLink? _link;
    private bool _open;
    private long _changes;
    private long _changesInForce = -1;
    private long _version;

    /// <summary>Called with the app's name when a sandbox that it drains has no request left.</summary>
    public event Action<string>? Drained;

    /// <summary>Called with each report, after the view shows it.</summary>
    public event Action<RouterReport>? Reported;

    /// <summary>The router that answers at present; null: none does.</summary>
    public IRouterLink? Link
    {
        get
        {
            lock (_lock)
                return _link;
        }
    }

    public RouterView View { get => _view; private set => _view = value; }

    private volatile RouterView _view = new(null, new Dictionary<string, int>(), new Dictionary<string, AppDemand>());

    /// <summary>Sets an app's part of the next snapshot. False if it is in force already.</summary>
    /// <param name="beside">Releases of it that get a share of its requests.</param>
    public bool SetApp(RoutedApp app, IEnumerable<RoutedApp> beside)
    {
        IReadOnlyList<RoutedApp> all = [app, .. beside];
        lock (_lock)
        {
            if (_apps.TryGetValue(app.Name, out var before) && before.Count == all.Count && before.Zip(all).All(pair => Same(pair.First, pair.Second)))
                return _changesInForce < _changes;
            _apps[app.Name] = all;
            _changes++;
            return true;
        }
    }

    public void RemoveApp(string app)
    {
        lock (_lock)
        {
            if (_apps.Remove(app))
                _changes++;
        }
    }

    /// <summary>The table of hosts has changed in the store.</summary>
    public void HostsChanged()
    {
        lock (_lock)
            _changes++;
    }

    public Task ShowAsync(RoutedChallenge challenge, CancellationToken ct) => ChangeChallengesAsync(all => all.Add(challenge), ct);

    public Task TakeDownAsync(RoutedChallenge challenge) => ChangeChallengesAsync(all => all.Remove(challenge), CancellationToken.None);

    /// <summary>A host that leads every request to the app; null: none does without rules, or the app is in maintenance.</summary>
    public string? HostOf(string app)
    {
        lock (_lock)
            return routes.ListMaintained().ContainsKey(app) ? null : Hosts_NeedsLock().LastOrDefault(h => h.App == app && h is { Path: null, Rules: null })?.Host.Replace("*", "any", StringComparison.Ordinal);
    }

    /// <summary>Tells the app once the sandbox has no request left.</summary>
    public void WatchDrain(string app, string sandbox)
    {
        lock (_lock)
            _drains[sandbox] = app;
    }

    /// <summary>Returns when the router sends the sandbox no more requests and it has none left, but no later than after <paramref name="limit"/>.</summary>
    public async Task WaitReleasedAsync(string app, string sandbox, TimeSpan limit, CancellationToken ct)
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Drained += Check;
        try
        {
            WatchDrain(app, sandbox);
            Check(app);
            await Task.WhenAny(released.Task, Task.Delay(limit, time, ct));
        }
        finally
        {
            Drained -= Check;
        }

        void Check(string drained)
        {
            if (drained == app && !View.IsRouted(sandbox) && !View.InFlight.ContainsKey(sandbox))
                released.TrySetResult();
        }
    }

    /// <summary>From now on snapshots are sent: all apps are known.</summary>
    public async Task OpenAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            _open = true;
            _changes++;
        }
        await PublishAsync(ct);
    }

    /// <summary>A router that answers; null: there is none at present.</summary>
    public void Connect(IRouterLink? link)
    {
        lock (_lock)
        {
            _link = link;
            _changesInForce = -1;
        }
    }

    /// <summary>
    /// Returns when a snapshot with all that was set before the call is in force. With no router that answers, it returns false and the
    /// snapshot is sent when there is one.
    /// </summary>
    public async Task<bool> PublishAsync(CancellationToken ct)
    {
        long wanted;
        lock (_lock)
            wanted = _changes;
        await _pushing.WaitAsync(ct);
        try
        {
            RouteTable table;
            IRouterLink? link;
            long included;
            lock (_lock)
            {
                if (_changesInForce >= wanted)
                    return true;
                if (!_open || _link is null)
                    return false;
                link = _link;
                included = _changes;
                table = Compose_NeedsLock();
                MayAlsoRoute_NeedsLock(table);
            }
            var result = await link.PushAsync(table, ct);
            if (!result.Accepted)
            {
                // The clock has gone back since the router got its last snapshot: count on from there.
                lock (_lock)
                    table = table with { Version = _version = result.Report.Version + 1 };
                result = await link.PushAsync(table, ct);
            }
            InForce(table, included, result.Report);
            return result.Accepted;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            LogNotSent(e.Message);
            return false;
        }
        finally
        {
            _pushing.Release();
        }
    }

    /// <summary>What a router that answers says; <paramref name="otherwise"/> if none does.</summary>
    public async Task<T> AskAsync<T>(Func<IRouterLink, Task<T>> ask, T otherwise)
    {
        IRouterLink? link;
        lock (_lock)
            link = _link;
        try
        {
            return link is null ? otherwise : await ask(link);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return otherwise;
        }
    }

    /// <summary>Takes in what the router says.</summary>
    public void Take(RouterReport report)
    {
        List<string> drained;
        lock (_lock)
        {
            View = View with { InFlight = report.InFlight, Apps = report.Apps.ToDictionary(a => a.App, StringComparer.Ordinal) };
            var done = _drains.Where(d => !report.InFlight.ContainsKey(d.Key) && !View.IsRouted(d.Key)).ToList();
            done.ForEach(d => _drains.Remove(d.Key));
            drained = [.. done.Select(d => d.Value).Distinct()];
        }
        drained.ForEach(app => Drained?.Invoke(app));
        Reported?.Invoke(report);
    }

    private async Task ChangeChallengesAsync(Action<List<RoutedChallenge>> change, CancellationToken ct)
    {
        lock (_lock)
        {
            change(_challenges);
            _changes++;
        }
        await PublishAsync(ct);
    }

    private void InForce(RouteTable table, long included, RouterReport report)
    {
        lock (_lock)
        {
            _changesInForce = included;
            View = View with { MayRoute = table.Apps.SelectMany(a => a.Sandboxes).Select(s => s.Id).ToHashSet() };
        }
        Take(report);
    }

    /// <summary>Until one is acknowledged, the router may go by any snapshot sent since the last that was: an answer can be lost.</summary>
    private void MayAlsoRoute_NeedsLock(RouteTable table)
    {
        if (View.MayRoute is { } known)
            View = View with { MayRoute = known.Concat(table.Apps.SelectMany(a => a.Sandboxes).Select(s => s.Id)).ToHashSet() };
    }

    private RouteTable Compose_NeedsLock()
    {
        // By the clock, so that it goes on growing over a restart of berthd.
        _version = Math.Max(_version + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
        var defaultApp = routes.GetDefault();
        var maintained = routes.ListMaintained();
        return new()
        {
            Version = _version,
            Hosts = Hosts_NeedsLock(),
            Certificates = [.. certificates.List().Select(c => new RoutedCertificate(c.Host, c.File, c.Stamp))],
            Challenges = _challenges.Count == 0 ? null : [.. _challenges],
            DefaultApp = defaultApp is not null && _apps.ContainsKey(defaultApp) ? defaultApp : null,
            Apps = [.. _apps.OrderBy(a => a.Key, StringComparer.Ordinal).SelectMany(a => maintained.TryGetValue(a.Key, out var mode) ? a.Value.Select(one => one with { Maintenance = mode }) : a.Value)],
        };
    }

    private IReadOnlyList<RoutedHost> Hosts_NeedsLock()
    {
        var custom = routes.List().Where(r => _apps.ContainsKey(r.App)).ToList();
        var taken = custom.Where(r => r.Path is null).Select(r => r.Host).ToHashSet(StringComparer.Ordinal);
        var hidden = routes.ListHidden();
        var standard = _apps.Keys.Where(app => !hidden.Contains(app)).Select(app => new RoutedHost($"{app}.{options.Domain}", app)).Where(h => !taken.Contains(h.Host));
        return [.. custom, .. standard.OrderBy(h => h.Host, StringComparer.Ordinal)];
    }

    private static bool Same(RoutedApp a, RoutedApp b) =>
        a with { Sandboxes = b.Sandboxes } == b && a.Sandboxes.SequenceEqual(b.Sandboxes);

    [LoggerMessage(LogLevel.Warning, "The router did not take the new routes; they are sent again when it answers: {Reason}")]
    private partial void LogNotSent(string reason);
}

/// <summary>A live router, as the publisher needs it.</summary>
public interface IRouterLink
{
    /// <summary>Returns once the table is in force, or refused as older. An <see cref="HttpRequestException"/> or <see cref="IOException"/> if it is not.</summary>
    Task<PushResult> PushAsync(RouteTable table, CancellationToken ct);

    /// <summary>What it reports, until it is gone.</summary>
    IAsyncEnumerable<RouterReport> ReportsAsync(CancellationToken ct);

    /// <summary>How long requests waited for the app to wake.</summary>
    Task<IReadOnlyList<WakeTimes>> WakesAsync(string app, CancellationToken ct);

    /// <summary>Its counters in Prometheus' text form.</summary>
    Task<string> MetricsAsync(CancellationToken ct);

    /// <summary>What came back from an app's sandboxes that are routed to. Null: this router does not count it.</summary>
    Task<IReadOnlyList<SandboxAnswers>?> AnswersAsync(string app, CancellationToken ct);

    /// <summary>Sends a request to the port that visitors use, and returns the status of the answer.</summary>
    /// <param name="host">As a visitor would write it, without port.</param>
    /// <param name="path">With a slash in front; may have a query.</param>
    Task<int> VisitAsync(string host, string path, CancellationToken ct);
}

/// <summary>Finds the router, or starts one.</summary>
public interface IRouterSource
{
    Task<IRouterLink> ConnectAsync(CancellationToken ct);
}
