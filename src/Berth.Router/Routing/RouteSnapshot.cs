using System.Collections.Frozen;
using Berth.Model;

namespace Berth.Router.Routing;

/// <summary>A <see cref="RouteTable"/> made ready for look-up. Immutable.</summary>
public sealed class RouteSnapshot
{
    private readonly FrozenDictionary<string, AppRoute> _apps;
    private readonly FrozenDictionary<string, AppRoute> _hosts;
    private readonly AppRoute? _default;

    public RouteSnapshot(RouteTable table, IReadOnlyDictionary<string, AppRoute> apps)
    {
        Table = table;
        _apps = apps.ToFrozenDictionary(StringComparer.Ordinal);
        _hosts = table.Hosts.ToFrozenDictionary(host => host.Host, host => apps[host.App], StringComparer.Ordinal);
        _default = table.DefaultApp is null ? null : apps[table.DefaultApp];
    }

    public RouteTable Table { get; }

    public long Version => Table.Version;

    public IEnumerable<AppRoute> Apps => _apps.Values;

    public AppRoute? FindApp(string name) => _apps.GetValueOrDefault(name);

    /// <summary>By a host as <see cref="HostNames.Normalize"/> gives it: the host itself, then <c>*.</c> in place of its first label, then the default app.</summary>
    public AppRoute? FindHost(string host)
    {
        if (_hosts.TryGetValue(host, out var route))
            return route;
        int dot = host.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && _hosts.TryGetValue(string.Concat("*", host.AsSpan(dot)), out route))
            return route;
        return _default;
    }
}
