using Berth.Control.Routing;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>Which hosts lead to which apps. Each change is in force in the router when the call returns.</summary>
public sealed class RouteOperations(Stores stores, RoutePublisher publisher, ControlOptions options, Random random)
{
    /// <summary>Those that a person added, then each app's own.</summary>
    public IReadOnlyList<RoutedHost> List()
    {
        var custom = stores.Routes.List();
        var hidden = stores.Routes.ListHidden();
        var own = stores.Apps.List().Where(a => !a.Deleting && !hidden.Contains(a.Name)).Select(a => new RoutedHost($"{a.Name}.{options.Domain}", a.Name));
        return [.. custom, .. own.Where(o => custom.All(c => c.Host != o.Host))];
    }

    public string? Default => stores.Routes.GetDefault();

    /// <summary>Setting what is set already changes nothing.</summary>
    public async Task<Outcome<RoutedHost>> AddAsync(string host, AppRecord app, CancellationToken ct)
    {
        host = host.ToLowerInvariant().TrimEnd('.');
        if (!IsHost(host))
            return OperationErrors.BadHost(host);
        if (List().FirstOrDefault(r => r.Host == host) is { } taken && taken.App != app.Name)
            return OperationErrors.HostTaken(host, taken.App);
        if (stores.Routes.TryAdd(host, app.Name) is { } owner)
            return OperationErrors.HostTaken(host, owner);
        await ChangedAsync(ct);
        return new RoutedHost(host, app.Name);
    }

    public async Task<Outcome<RoutedHost>> RemoveAsync(string host, CancellationToken ct)
    {
        host = host.ToLowerInvariant().TrimEnd('.');
        var route = List().FirstOrDefault(r => r.Host == host);
        if (route is null)
            return OperationErrors.RouteNotFound(host);
        if (!stores.Routes.Remove(host))
            return OperationErrors.StandardRoute(host);
        await ChangedAsync(ct);
        return route;
    }

    /// <param name="app">Null: unknown hosts get 404.</param>
    public async Task SetDefaultAsync(AppRecord? app, CancellationToken ct)
    {
        stores.Routes.SetDefault(app?.Name);
        await ChangedAsync(ct);
    }

    /// <summary>The app's addresses, those that a person added first.</summary>
    public IReadOnlyList<string> UrlsOf(string app)
    {
        var port = options.PublicPort == 80 ? "" : $":{options.PublicPort}";
        return [.. List().Where(r => r.App == app && !r.Host.StartsWith('*')).Select(r => $"http://{r.Host}{port}")];
    }

    /// <summary>Why an app's wishes cannot be met; null: they can. To be asked before anything is changed.</summary>
    public OperationError? Problem(string app, RouteWishes wishes)
    {
        var routes = List();
        foreach (var host in wishes.Hosts)
        {
            if (!IsHost(host))
                return OperationErrors.BadHost(host);
            if (routes.FirstOrDefault(r => r.Host == host) is { } taken && taken.App != app)
                return OperationErrors.HostTaken(host, taken.App);
        }
        return null;
    }

    /// <summary>Adds the hosts that an app's files ask for, or takes all away. Says what it did, a line each.</summary>
    public async Task<Outcome<IReadOnlyList<string>>> ApplyAsync(string app, RouteWishes wishes, CancellationToken ct)
    {
        var own = stores.Routes.List().Where(r => r.App == app).Select(r => r.Host).ToList();
        var added = wishes.Random && own.Count == 0 ? [FreeHost(app)] : wishes.Hosts.Except(own).ToList();
        foreach (var host in added)
        {
            if (stores.Routes.TryAdd(host, app) is { } owner)
                return OperationErrors.HostTaken(host, owner);
        }
        var removed = wishes.None ? own : [];
        foreach (var host in removed)
            stores.Routes.Remove(host);
        var hides = stores.Routes.ListHidden().Contains(app) != wishes.None;
        stores.Routes.SetHidden(app, wishes.None);
        if (wishes.None && Default == app)
            stores.Routes.SetDefault(null);
        if (added.Count + removed.Count > 0 || hides)
            await ChangedAsync(ct);
        var standard = $"{app}.{options.Domain}";
        return new Outcome<IReadOnlyList<string>>([
            .. added.Select(host => $"route {host} added"),
            .. removed.Select(host => $"route {host} removed"),
            .. hides ? new[] { $"route {standard} {(wishes.None ? "removed" : "added")}" } : []]);
    }

    private string FreeHost(string app)
    {
        while (true)
        {
            var host = $"{app}-{AppNames.Next(random)}.{options.Domain}";
            if (stores.Routes.Find(host) is null)
                return host;
        }
    }

    private Task ChangedAsync(CancellationToken ct)
    {
        publisher.HostsChanged();
        return publisher.PublishAsync(ct);
    }

    private static bool IsHost(string host)
    {
        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        return name.Length is > 0 and <= 253
            && name.Split('.').All(label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
                && label.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_'));
    }
}
