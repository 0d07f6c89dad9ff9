using System.Text;

namespace Berth.Router.Http1;

/// <summary>
/// Takes Berth's own cookies out of what goes to apps: the router's (<see cref="SplitCookie"/>) and the dashboard's. A browser sends a host's cookies to all of its
/// ports, so an app on the dashboard's host would be given the key to it. Pure.
/// </summary>
public static class OwnCookies
{
    private static ReadOnlySpan<byte> Session => "berth_session"u8;

    /// <summary>What both names begin with: a value is searched once for them.</summary>
    private static ReadOnlySpan<byte> Beginning => "berth_s"u8;

    /// <summary>Whether the value of a Cookie field may have one: then <see cref="Strip(ReadOnlySpan{byte}, Span{byte})"/> it.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> value) => value.IndexOf(Beginning) >= 0;

    /// <summary>Writes the value without the cookies; returns the length, 0 if nothing is left. <paramref name="rest"/> is twice as long as the value.</summary>
    public static int Strip(ReadOnlySpan<byte> value, Span<byte> rest)
    {
        int written = 0;
        foreach (var part in value.Split((byte)';'))
        {
            var pair = value[part].Trim(" \t"u8);
            int equals = pair.IndexOf((byte)'=');
            var name = (equals < 0 ? pair : pair[..equals]).Trim(" \t"u8);
            if (pair.IsEmpty || name.SequenceEqual(Session) || name.SequenceEqual(SplitCookie.Name))
                continue;
            if (written > 0)
            {
                "; "u8.CopyTo(rest[written..]);
                written += 2;
            }
            pair.CopyTo(rest[written..]);
            written += pair.Length;
        }
        return written;
    }

    /// <summary>The same for a value in Latin-1 characters.</summary>
    public static string Strip(string value)
    {
        var bytes = Encoding.Latin1.GetBytes(value);
        if (!MayBeIn(bytes))
            return value;
        // "a;b" becomes "a; b": longer by one at most for each part.
        var rest = new byte[bytes.Length * 2];
        return Encoding.Latin1.GetString(rest, 0, Strip(bytes, rest));
    }
}
