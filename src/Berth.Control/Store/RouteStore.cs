using Berth.Model;
using Dapper;

namespace Berth.Control.Store;

/// <summary>Hosts that a person routed to apps, and the app that unknown hosts lead to.</summary>
public sealed class RouteStore(StateStore store)
{
    private const string DefaultApp = "default_app";

    public IReadOnlyList<RoutedHost> List() => store.Read(db =>
        db.Query<(string Host, string App)>("SELECT host, app FROM routes ORDER BY host").Select(r => new RoutedHost(r.Host, r.App)).ToList());

    public RoutedHost? Find(string host) => List().FirstOrDefault(r => r.Host == host);

    /// <summary>Null if it is set, else the app that has the host.</summary>
    public string? TryAdd(string host, string app) => store.Write(db =>
    {
        var owner = db.ExecuteScalar<string?>("SELECT app FROM routes WHERE host = @host", new { host });
        if (owner is not null && owner != app)
            return owner;
        db.Execute("INSERT OR IGNORE INTO routes (host, app) VALUES (@host, @app)", new { host, app });
        return null;
    });

    /// <summary>False if there was none.</summary>
    public bool Remove(string host) => store.Write(db => db.Execute("DELETE FROM routes WHERE host = @host", new { host }) > 0);

    /// <summary>Null: unknown hosts get 404. An app that is gone counts as null.</summary>
    public string? GetDefault() => store.GetValue(DefaultApp) is { Length: > 0 } app ? app : null;

    /// <summary>True if a person or the first app has decided it, be it for no app.</summary>
    public bool HasDefault() => store.GetValue(DefaultApp) is not null;

    public void SetDefault(string? app) => store.SetValue(DefaultApp, app ?? "");
}
