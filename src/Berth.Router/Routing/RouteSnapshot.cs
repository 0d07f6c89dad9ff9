using System.Collections.Frozen;
using Berth.Model;

namespace Berth.Router.Routing;

/// <summary>A <see cref="RouteTable"/> made ready for look-up. Immutable.</summary>
public sealed class RouteSnapshot
{
    private readonly FrozenDictionary<string, AppRoute> _apps;
    private readonly FrozenDictionary<string, AppRoute>.AlternateLookup<ReadOnlySpan<char>> _hosts;
    private readonly AppRoute? _default;

    public RouteSnapshot(RouteTable table, IReadOnlyDictionary<string, AppRoute> apps)
    {
        Table = table;
        _apps = apps.ToFrozenDictionary(StringComparer.Ordinal);
        _hosts = table.Hosts.ToFrozenDictionary(host => host.Host, host => apps[host.App], StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _default = table.DefaultApp is null ? null : apps[table.DefaultApp];
    }

    public RouteTable Table { get; }

    public long Version => Table.Version;

    public IEnumerable<AppRoute> Apps => _apps.Values;

    public AppRoute? FindApp(string name) => _apps.GetValueOrDefault(name);

    /// <summary>By a host as <see cref="HostNames"/> gives it: the host itself, then <c>*.</c> in place of its first label, then the default app.</summary>
    public AppRoute? FindHost(ReadOnlySpan<char> host)
    {
        if (_hosts.TryGetValue(host, out var route))
            return route;
        int dot = host.IndexOf('.');
        if (dot <= 0)
            return _default;
        Span<char> wild = host.Length <= 256 ? stackalloc char[256] : new char[host.Length];
        wild[0] = '*';
        host[dot..].CopyTo(wild[1..]);
        return _hosts.TryGetValue(wild[..(1 + host.Length - dot)], out route) ? route : _default;
    }
}
