using System.Text;

namespace Berth.Router.Routing;

/// <summary>The routes of one host: for path prefixes, and for all other paths. Immutable.</summary>
public sealed class HostRoutes
{
    private readonly HostRoute? _whole;
    private readonly (byte[] Prefix, HostRoute Route)[] _byPath;

    public HostRoutes(IEnumerable<(string? Path, HostRoute Route)> routes)
    {
        var all = routes.ToList();
        _whole = all.Find(one => one.Path is null).Route;
        // The longest first: the first that fits is the one.
        _byPath = [.. all.Where(one => one.Path is not null).OrderByDescending(one => one.Path!.Length).Select(one => (Encoding.ASCII.GetBytes(one.Path!), one.Route))];
    }

    /// <summary>The route of the longest prefix, on whole segments, that a target's path begins with; null if there is none.</summary>
    /// <param name="isAmbiguous">An app that decodes the path first could see one that belongs to another route, with other rules.</param>
    public HostRoute? Find(ReadOnlySpan<byte> target, out bool isAmbiguous)
    {
        isAmbiguous = false;
        if (_byPath.Length == 0)
            return _whole;
        var path = RequestPath.Of(target);
        var route = FindExact(path);
        if (!RequestPath.MayReadDifferently(path))
            return route;
        var plain = path.Length <= 1024 ? stackalloc byte[path.Length + 1] : new byte[path.Length + 1];
        isAmbiguous = !ReferenceEquals(route, FindExact(plain[..RequestPath.Normalize(path, plain)]));
        return route;
    }

    private HostRoute? FindExact(ReadOnlySpan<byte> path)
    {
        foreach (var (prefix, route) in _byPath)
        {
            if (path.StartsWith(prefix) && (path.Length == prefix.Length || path[prefix.Length] == '/'))
                return route;
        }
        return _whole;
    }
}
