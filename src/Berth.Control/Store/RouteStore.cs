using System.Text.Json;
using Berth.Model;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>Routes that a person added or gave rules, the app that unknown hosts lead to, and which apps are under maintenance.</summary>
public sealed class RouteStore(StateStore store)
{
    private const string DefaultApp = "default_app";

    public IReadOnlyList<RoutedHost> List() => store.Read(db => db.Query("SELECT host, path, app, rules FROM routes ORDER BY host, path", Map));

    public RoutedHost? Find(RouteAddress address) => List().FirstOrDefault(r => r.Address == address);

    /// <summary>The shares that an app's routes give to its other releases.</summary>
    public IReadOnlyList<RouteSplit> SplitsOf(string app) => store.Read(db =>
        db.Query("SELECT host, path, app, rules FROM routes WHERE app = @app AND rules IS NOT NULL", Map, ("@app", app)).Select(r => r.Rules!.Split).OfType<RouteSplit>().ToList());

    /// <summary>Null if it is set, else the app that has the address.</summary>
    public string? TryAdd(RouteAddress address, string app) => store.Write(db =>
    {
        var owner = db.Text("SELECT app FROM routes WHERE host = @host AND path = @path", ("@host", address.Host), ("@path", address.Path ?? ""));
        if (owner is not null && owner != app)
            return owner;
        db.Execute("INSERT OR IGNORE INTO routes (host, path, app) VALUES (@host, @path, @app)", ("@host", address.Host), ("@path", address.Path ?? ""), ("@app", app));
        return null;
    });

    /// <summary>Stores the route with its rules, whether it was there or not.</summary>
    public void Put(RoutedHost route) => store.Write(db => db.Execute(
        "INSERT OR REPLACE INTO routes (host, path, app, rules) VALUES (@host, @path, @app, @rules)",
        ("@host", route.Host), ("@path", route.Path ?? ""), ("@app", route.App),
        ("@rules", route.Rules is null ? null : JsonSerializer.Serialize(route.Rules, RoutingJson.Default.RouteRules))));

    /// <summary>False if there was none.</summary>
    public bool Remove(RouteAddress address) => store.Write(db =>
        db.Execute("DELETE FROM routes WHERE host = @host AND path = @path", ("@host", address.Host), ("@path", address.Path ?? "")) > 0);

    /// <summary>Apps without their own route, <c>NAME.DOMAIN</c>: a manifest said no-route.</summary>
    public IReadOnlySet<string> ListHidden() => store.Read(db => db.Query("SELECT app FROM hidden_apps", row => row.GetString(0)).ToHashSet(StringComparer.Ordinal));

    public void SetHidden(string app, bool hidden) => store.Write(db =>
        db.Execute(hidden ? "INSERT OR IGNORE INTO hidden_apps (app) VALUES (@app)" : "DELETE FROM hidden_apps WHERE app = @app", ("@app", app)));

    /// <summary>Null: unknown hosts get 404. An app that is gone counts as null.</summary>
    public string? GetDefault() => store.GetValue(DefaultApp) is { Length: > 0 } app ? app : null;

    /// <summary>True if a person or the first app has decided it, be it for no app.</summary>
    public bool HasDefault() => store.GetValue(DefaultApp) is not null;

    public void SetDefault(string? app) => store.SetValue(DefaultApp, app ?? "");

    /// <summary>By app; those that are not under maintenance are left out.</summary>
    public IReadOnlyDictionary<string, MaintenanceMode> ListMaintained() => store.Read(db => db.Query(
        "SELECT app, since, retry_after FROM maintenance",
        row => (App: row.GetString(0), Mode: new MaintenanceMode(row.Time(1), row.IsDBNull(2) ? null : TimeSpan.FromMilliseconds(row.GetInt64(2)))))
        .ToDictionary(one => one.App, one => one.Mode, StringComparer.Ordinal));

    /// <param name="mode">Null: no maintenance any more.</param>
    public void SetMaintenance(string app, MaintenanceMode? mode) => store.Write(db => mode is null
        ? db.Execute("DELETE FROM maintenance WHERE app = @app", ("@app", app))
        : db.Execute("INSERT OR REPLACE INTO maintenance (app, since, retry_after) VALUES (@app, @since, @retry)",
            ("@app", app), ("@since", mode.Since.ToUnixTimeMilliseconds()), ("@retry", (long?)mode.RetryAfter?.TotalMilliseconds)));

    private static RoutedHost Map(SqliteDataReader row) => new(row.GetString(0), row.GetString(2))
    {
        Path = row.GetString(1) is { Length: > 0 } path ? path : null,
        Rules = row.TextOrNull(3) is { } rules ? JsonSerializer.Deserialize(rules, RoutingJson.Default.RouteRules) : null,
    };
}
