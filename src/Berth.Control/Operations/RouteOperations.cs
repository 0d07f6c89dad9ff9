using Berth.Control.Certificates;
using Berth.Control.Routing;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>Which hosts and paths lead to which apps, and by which rules. Each change is in force in the router when the call returns.</summary>
public sealed class RouteOperations(Stores stores, RoutePublisher publisher, CertificateFiles certificates, ControlOptions options, Random random, TimeProvider time, Action<string> appChanged)
{
    /// <summary>Those that a person added, then each app's own.</summary>
    public IReadOnlyList<RoutedHost> List()
    {
        var custom = stores.Routes.List();
        var hidden = stores.Routes.ListHidden();
        var own = stores.Apps.List().Where(a => !a.Deleting && !hidden.Contains(a.Name)).Select(a => new RoutedHost($"{a.Name}.{options.Domain}", a.Name));
        return [.. custom, .. own.Where(o => custom.All(c => c.Address != o.Address))];
    }

    public string? Default => stores.Routes.GetDefault();

    /// <summary>Setting what is set already changes nothing.</summary>
    public async Task<Outcome<RoutedHost>> AddAsync(string text, AppRecord app, CancellationToken ct)
    {
        if (RouteAddress.TryParse(text) is not { } address)
            return OperationErrors.BadHost(text);
        if (Find(address) is { } taken && taken.App != app.Name)
            return OperationErrors.HostTaken(address.ToString());
        if (stores.Routes.TryAdd(address, app.Name) is not null)
            return OperationErrors.HostTaken(address.ToString());
        await ChangedAsync(ct);
        return Find(address)!;
    }

    /// <summary>An app's own route stays, but without its rules.</summary>
    public async Task<Outcome<RoutedHost>> RemoveAsync(string text, CancellationToken ct)
    {
        if (RouteAddress.TryParse(text) is not { } address || Find(address) is not { } route)
            return OperationErrors.RouteNotFound(text);
        if (!stores.Routes.Remove(address))
            return OperationErrors.StandardRoute(address.ToString());
        await ChangedAsync(ct);
        return route;
    }

    /// <summary>Changes the rules of a route that is there; of an app's own route too, which is then kept as if it had been added.</summary>
    public async Task<Outcome<RoutedHost>> ChangeAsync(string text, RouteRuleChange change, CancellationToken ct)
    {
        if (RouteAddress.TryParse(text) is not { } address || Find(address) is not { } route)
            return OperationErrors.RouteNotFound(text);
        if (change.HttpsOnly == true && options.PublicHttpsPort is null)
            return OperationErrors.NoHttps();
        var changed = change.ApplyTo(route.Rules ?? RouteRules.None);
        if (changed.Error is { } error)
            return error;
        var next = route with { Rules = changed.Value == RouteRules.None ? null : changed.Value };
        if (change.Split is { Percent: > 0 } split && Problem(route.App, split) is { } problem)
            return problem;
        stores.Routes.Put(next);
        await ChangedAsync(ct);
        if (change.Split is not null)
            appChanged(route.App);
        return next;
    }

    /// <param name="retryAfter">When visitors are told to come again; null: as after any 503.</param>
    public async Task<Outcome<MaintenanceMode>> BeginMaintenanceAsync(AppRecord app, TimeSpan? retryAfter, CancellationToken ct)
    {
        if (retryAfter is { } wait && (wait < TimeSpan.FromSeconds(1) || wait > TimeSpan.FromDays(30)))
            return OperationErrors.BadRetryAfter(wait);
        // Said twice it goes on, perhaps with another time to come again.
        var mode = new MaintenanceMode(MaintenanceOf(app.Name)?.Since ?? time.GetUtcNow(), retryAfter);
        stores.Routes.SetMaintenance(app.Name, mode);
        await ChangedAsync(ct);
        return mode;
    }

    public Task EndMaintenanceAsync(AppRecord app, CancellationToken ct)
    {
        stores.Routes.SetMaintenance(app.Name, null);
        return ChangedAsync(ct);
    }

    /// <summary>Null: it is not under maintenance.</summary>
    public MaintenanceMode? MaintenanceOf(string app) => stores.Routes.ListMaintained().GetValueOrDefault(app);

    /// <param name="app">Null: unknown hosts get 404.</param>
    public async Task SetDefaultAsync(AppRecord? app, CancellationToken ct)
    {
        stores.Routes.SetDefault(app?.Name);
        await ChangedAsync(ct);
    }

    /// <summary>The app's addresses, those that a person added first.</summary>
    public IReadOnlyList<string> UrlsOf(string app)
    {
        var secured = options.PublicHttpsPort is null ? [] : certificates.List().Select(c => c.Host).ToHashSet(StringComparer.Ordinal);
        return [.. List().Where(r => r.App == app && !r.Host.StartsWith('*')).Select(Url)];

        string Url(RoutedHost route) => secured.Contains(route.Host) || secured.Contains("*" + route.Host[Math.Max(0, route.Host.IndexOf('.', StringComparison.Ordinal))..])
            ? $"https://{route.Host}{Port(options.PublicHttpsPort!.Value, 443)}{route.Path}"
            : $"http://{route.Host}{Port(options.PublicPort, 80)}{route.Path}";
    }

    /// <summary>Why an app's wishes cannot be met; null: they can. To be asked before anything is changed.</summary>
    public OperationError? Problem(string app, RouteWishes wishes)
    {
        var routes = List();
        foreach (var text in wishes.Hosts)
        {
            if (RouteAddress.TryParse(text) is not { } address)
                return OperationErrors.BadHost(text);
            if (routes.FirstOrDefault(r => r.Address == address) is { } taken && taken.App != app)
                return OperationErrors.HostTaken(text);
        }
        return null;
    }

    /// <summary>Adds the hosts that an app's files ask for, or takes all away. Says what it did, a line each.</summary>
    public async Task<Outcome<IReadOnlyList<string>>> ApplyAsync(string app, RouteWishes wishes, CancellationToken ct)
    {
        var own = stores.Routes.List().Where(r => r.App == app).Select(r => r.Address).ToList();
        var added = wishes.Random && own.Count == 0 ? [FreeAddress(app)] : wishes.Hosts.Select(RouteAddress.TryParse).OfType<RouteAddress>().Except(own).ToList();
        foreach (var address in added)
        {
            if (stores.Routes.TryAdd(address, app) is not null)
                return OperationErrors.HostTaken(address.ToString());
        }
        var removed = wishes.None ? own : [];
        foreach (var address in removed)
            stores.Routes.Remove(address);
        var hides = stores.Routes.ListHidden().Contains(app) != wishes.None;
        stores.Routes.SetHidden(app, wishes.None);
        if (wishes.None && Default == app)
            stores.Routes.SetDefault(null);
        if (added.Count + removed.Count > 0 || hides)
            await ChangedAsync(ct);
        var standard = $"{app}.{options.Domain}";
        return new Outcome<IReadOnlyList<string>>([
            .. added.Select(address => $"route {address} added"),
            .. removed.Select(address => $"route {address} removed"),
            .. hides ? new[] { $"route {standard} {(wishes.None ? "removed" : "added")}" } : []]);
    }

    private OperationError? Problem(string app, RouteSplit split)
    {
        if (stores.Releases.List(app).FirstOrDefault(r => r.Label == split.Release) is not { } release)
            return OperationErrors.ReleaseNotFound(app, split.Release);
        if (release.Id == stores.Apps.Find(app)?.ActiveRelease)
            return OperationErrors.ShareOfActive(app, split.Release);
        var routable = release.Services.Where(s => s.Definition.IsRoutable && s.Port is not null).ToList();
        return routable.Count == 0 ? OperationErrors.ShareWithoutWeb(split.Release)
            : routable.FirstOrDefault(s => !s.Definition.Overlaps) is { } alone ? OperationErrors.ShareOfLonely(alone.Definition.Name)
            : null;
    }

    private static string Port(int port, int standard) => port == standard ? "" : $":{port}";

    private RoutedHost? Find(RouteAddress address) => List().FirstOrDefault(r => r.Address == address);

    private RouteAddress FreeAddress(string app)
    {
        while (true)
        {
            var address = new RouteAddress($"{app}-{AppNames.Next(random)}.{options.Domain}", null);
            if (stores.Routes.Find(address) is null)
                return address;
        }
    }

    private Task ChangedAsync(CancellationToken ct)
    {
        publisher.HostsChanged();
        return publisher.PublishAsync(ct);
    }
}
