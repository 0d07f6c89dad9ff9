using System.Text;

namespace Berth.Router.Routing;

/// <summary>The form in which hosts are compared.</summary>
public static class HostNames
{
    /// <summary>Lower case, without port and without the dot that ends a full name: <c>Demo.Example.com.:8080</c> → <c>demo.example.com</c>.</summary>
    public static string Normalize(string host)
    {
        Span<char> normal = host.Length <= 256 ? stackalloc char[256] : new char[host.Length];
        return normal[..Normalize(host, normal)].ToString();
    }

    /// <summary>The same of a Host field's bytes; <paramref name="last"/> itself if it is that.</summary>
    public static string Normalize(ReadOnlySpan<byte> host, string last)
    {
        Span<char> text = host.Length <= 256 ? stackalloc char[256] : new char[host.Length];
        Span<char> normal = host.Length <= 256 ? stackalloc char[256] : new char[host.Length];
        int length = Encoding.Latin1.GetChars(host, text);
        normal = normal[..Normalize(text[..length], normal)];
        return normal.SequenceEqual(last) ? last : normal.ToString();
    }

    /// <summary>The same into a space as long as the host; returns the length.</summary>
    public static int Normalize(ReadOnlySpan<char> host, Span<char> normal)
    {
        var name = host.Trim();
        int colon = name.LastIndexOf(':');
        // An IPv6 address has colons of its own, between brackets.
        if (colon >= 0 && name[colon..].IndexOf(']') < 0)
            name = name[..colon];
        if (name.EndsWith("."))
            name = name[..^1];
        return name.ToLowerInvariant(normal);
    }
}
