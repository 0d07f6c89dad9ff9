namespace Berth.Router.Routing;

/// <summary>The form in which hosts are compared.</summary>
public static class HostNames
{
    /// <summary>Lower case, without port and without the dot that ends a full name: <c>Demo.Example.com.:8080</c> → <c>demo.example.com</c>.</summary>
    public static string Normalize(string host)
    {
        var name = host.AsSpan().Trim();
        int colon = name.LastIndexOf(':');
        // An IPv6 address has colons of its own, between brackets.
        if (colon >= 0 && name[colon..].IndexOf(']') < 0)
            name = name[..colon];
        if (name.EndsWith("."))
            name = name[..^1];
        return name.ToString().ToLowerInvariant();
    }
}
