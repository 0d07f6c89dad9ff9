using System.Security.Cryptography;

namespace Berth.Server.Dashboard;

/// <summary>Style sheet and scripts. They are inside the program, so that it needs no file beside it.</summary>
internal static class AssetFiles
{
    private static readonly Dictionary<string, (string Resource, string ContentType)> Known = new(StringComparer.Ordinal)
    {
        ["dashboard.css"] = ("dashboard.css", "text/css; charset=utf-8"),
        ["dashboard.js"] = ("dashboard.js", "text/javascript; charset=utf-8"),
        ["htmx.js"] = ("htmx/htmx.min.js", "text/javascript; charset=utf-8"),
        ["htmx-sse.js"] = ("htmx/hx-sse.min.js", "text/javascript; charset=utf-8"),
        ["icon.svg"] = ("icon.svg", "image/svg+xml"),
    };

    /// <summary>Changes with the program; stands in the assets' addresses, so that browsers may keep them for good.</summary>
    public static string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(typeof(AssetFiles).Module.ModuleVersionId.ToByteArray()).AsSpan(0, 6));

    public static string PathOf(string name) => $"/assets/{Version}/{name}";

    public static IResult Get(string name, HttpResponse response)
    {
        if (!Known.TryGetValue(name, out var asset) || typeof(AssetFiles).Assembly.GetManifestResourceStream("dashboard/" + asset.Resource) is not { } content)
            return Results.NotFound();
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Stream(content, asset.ContentType);
    }
}
