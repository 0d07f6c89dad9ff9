using System.Buffers;

namespace Berth.Model;

/// <summary>What a route matches: a host, and perhaps the first segments of a path. <c>shop.example.com</c>, <c>*.example.com</c>, <c>shop.example.com/api</c>.</summary>
/// <param name="Host">Lower case, without port and final dot.</param>
/// <param name="Path">Begins with a slash and does not end in one; null: every path.</param>
public sealed record RouteAddress(string Host, string? Path)
{
    /// <summary>No path is longer.</summary>
    public const int MaxPathLength = 256;

    // What stands for itself in a path (RFC 3986, 3.3). No percent sign: a path that can be written in two ways would be matched in one.
    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("!$&'()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");

    /// <summary>Null where the text is no such address. A slash at the end means nothing.</summary>
    public static RouteAddress? TryParse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = (slash < 0 ? text : text[..slash]).ToLowerInvariant().TrimEnd('.');
        var path = slash < 0 ? "" : text[slash..].TrimEnd('/');
        return IsHost(host) && (path.Length == 0 || IsPath(path)) ? new RouteAddress(host, path.Length == 0 ? null : path) : null;
    }

    /// <summary>A name that may begin with <c>*.</c>, in lower case.</summary>
    public static bool IsHost(string host)
    {
        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        return name.Length is > 0 and <= 253
            && name.Split('.').All(label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
                && label.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_'));
    }

    /// <summary>One or more segments, none of which is empty or made of dots.</summary>
    public static bool IsPath(string path) =>
        path.Length is > 1 and <= MaxPathLength && path[0] == '/' && !path.AsSpan().ContainsAnyExcept(PathCharacters)
        && path[1..].Split('/').All(segment => segment is not ("" or "." or ".."));

    public override string ToString() => Host + Path;
}
