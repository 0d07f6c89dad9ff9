using System.Collections.Frozen;
using System.Text;
using Berth.Model;
using Berth.Router.Rules;

namespace Berth.Router.Routing;

/// <summary>A <see cref="RouteTable"/> made ready for look-up. Immutable.</summary>
public sealed class RouteSnapshot
{
    private const string ChallengePath = "/.well-known/acme-challenge/";

    private readonly FrozenDictionary<string, AppRoute> _apps;
    private readonly Dictionary<string, HostRoutes>.AlternateLookup<ReadOnlySpan<char>> _hosts;
    private readonly HostRoute? _default;

    // By host and path. Almost always empty.
    private readonly Dictionary<(string, string), HostRoute> _challenges;

    /// <param name="logins">Of the passwords that the table's rules ask for.</param>
    /// <param name="httpsPort">Where the router takes TLS; null: nowhere.</param>
    public RouteSnapshot(RouteTable table, IReadOnlyDictionary<string, AppRoute> apps, IReadOnlyDictionary<RouteLogin, LoginCheck> logins, int? httpsPort)
    {
        Version = table.Version;
        Logins = logins;
        _apps = apps.ToFrozenDictionary(StringComparer.Ordinal);
        _hosts = table.Hosts.GroupBy(host => host.Host, host => (host.Path, RouteOf(host)), StringComparer.Ordinal)
            .ToDictionary(host => host.Key, host => new HostRoutes(host), StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var nobody = new AppRoute(new RoutedApp { Name = "", Sandboxes = [], HoldWhenEmpty = false, StatusText = "" }, new AppLoad("", new WaitingGate(0, TimeProvider.System, static () => { })), []);
        _challenges = (table.Challenges ?? []).DistinctBy(c => (c.Host, c.Token))
            .ToDictionary(c => (c.Host, ChallengePath + c.Token), c => new HostRoute(nobody) { Answer = c.Answer });
        _default = table.DefaultApp is null ? null : new HostRoute(apps[table.DefaultApp]);

        HostRoute RouteOf(RoutedHost host)
        {
            var rules = host.Rules;
            var route = new HostRoute(apps[host.App], RouteGuard.Of(rules, rules?.Login is { } login ? logins[login] : null, httpsPort), rules?.ResponseTimeout);
            return rules?.Split is { } split && apps.TryGetValue(split.AppName(host.App), out var other) ? route.WithShare(other, split.Percent) : route;
        }
    }

    private static ReadOnlySpan<byte> ChallengePathBytes => "/.well-known/acme-challenge/"u8;

    public long Version { get; }

    public IReadOnlyDictionary<RouteLogin, LoginCheck> Logins { get; }

    public IEnumerable<AppRoute> Apps => _apps.Values;

    public AppRoute? FindApp(string name) => _apps.GetValueOrDefault(name);

    /// <summary>
    /// The route of a request: of the host itself, then of the host with <c>*</c> in place of its first label, then to the default app. Of one host, that of the longest path.
    /// </summary>
    /// <param name="host">As <see cref="HostNames"/> gives it.</param>
    /// <param name="target">Path and query, or nothing.</param>
    /// <param name="isAmbiguous">See <see cref="HostRoutes.Find"/>.</param>
    public HostRoute? Find(ReadOnlySpan<char> host, ReadOnlySpan<byte> target, out bool isAmbiguous)
    {
        isAmbiguous = false;
        if (_challenges.Count > 0 && target.StartsWith(ChallengePathBytes) && _challenges.TryGetValue((host.ToString(), Encoding.Latin1.GetString(RequestPath.Of(target))), out var challenge))
            return challenge;
        if (_hosts.TryGetValue(host, out var routes) && (routes.Find(target, out isAmbiguous) is { } exact))
            return exact;
        int dot = host.IndexOf('.');
        if (isAmbiguous || dot <= 0)
            return _default;
        Span<char> wild = host.Length <= 256 ? stackalloc char[256] : new char[host.Length];
        wild[0] = '*';
        host[dot..].CopyTo(wild[1..]);
        return (_hosts.TryGetValue(wild[..(1 + host.Length - dot)], out routes) ? routes.Find(target, out isAmbiguous) : null) ?? _default;
    }
}
