using Berth.Model;

namespace Berth.Control.Store;

/// <summary>Hosts that a person routed to apps, and the app that unknown hosts lead to.</summary>
public sealed class RouteStore(StateStore store)
{
    private const string DefaultApp = "default_app";

    public IReadOnlyList<RoutedHost> List() => store.Read(db =>
        db.Query("SELECT host, app FROM routes ORDER BY host", row => new RoutedHost(row.GetString(0), row.GetString(1))));

    public RoutedHost? Find(string host) => List().FirstOrDefault(r => r.Host == host);

    /// <summary>Null if it is set, else the app that has the host.</summary>
    public string? TryAdd(string host, string app) => store.Write(db =>
    {
        var owner = db.Text("SELECT app FROM routes WHERE host = @host", ("@host", host));
        if (owner is not null && owner != app)
            return owner;
        db.Execute("INSERT OR IGNORE INTO routes (host, app) VALUES (@host, @app)", ("@host", host), ("@app", app));
        return null;
    });

    /// <summary>False if there was none.</summary>
    public bool Remove(string host) => store.Write(db => db.Execute("DELETE FROM routes WHERE host = @host", ("@host", host)) > 0);

    /// <summary>Apps without their own route, <c>NAME.DOMAIN</c>: a manifest said no-route.</summary>
    public IReadOnlySet<string> ListHidden() => store.Read(db => db.Query("SELECT app FROM hidden_apps", row => row.GetString(0)).ToHashSet(StringComparer.Ordinal));

    public void SetHidden(string app, bool hidden) => store.Write(db =>
        db.Execute(hidden ? "INSERT OR IGNORE INTO hidden_apps (app) VALUES (@app)" : "DELETE FROM hidden_apps WHERE app = @app", ("@app", app)));

    /// <summary>Null: unknown hosts get 404. An app that is gone counts as null.</summary>
    public string? GetDefault() => store.GetValue(DefaultApp) is { Length: > 0 } app ? app : null;

    /// <summary>True if a person or the first app has decided it, be it for no app.</summary>
    public bool HasDefault() => store.GetValue(DefaultApp) is not null;

    public void SetDefault(string? app) => store.SetValue(DefaultApp, app ?? "");
}
