using System.Net;

namespace Berth.Router.Rules;

/// <summary>What the rules of a route ask of a request. Made only for requests on routes that have some.</summary>
public sealed record RequestFacts
{
    /// <summary>Behind trusted proxies, the one they name.</summary>
    public required IPAddress Client { get; init; }

    /// <summary>By TLS, or a trusted proxy says so.</summary>
    public required bool IsSecure { get; init; }

    /// <summary>Path and query as the client wrote them.</summary>
    public required string Target { get; init; }

    /// <summary>The Authorization field; null: there is none.</summary>
    public string? Authorization { get; init; }

    /// <summary>Whether a trusted proxy's X-Forwarded-Proto, whose last word is the nearest proxy's, says that the client came by TLS.</summary>
    public static bool SaysHttps(string forwardedProto) => forwardedProto.Split(',')[^1].Trim().Equals("https", StringComparison.OrdinalIgnoreCase);

    /// <summary>The last address of a chain of proxies that no trusted proxy has.</summary>
    /// <param name="forwardedFor">X-Forwarded-For, all fields of the name joined by commas.</param>
    public static IPAddress FindClient(IPAddress peer, string forwardedFor, IReadOnlyList<IPNetwork> trusted)
    {
        var client = peer;
        var named = forwardedFor.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (int i = named.Length - 1; i >= 0 && trusted.Any(network => network.Contains(client)); i--)
        {
            // Whoever is named by something that is no address is nobody in particular.
            client = IPAddress.TryParse(named[i], out var next) ? next.IsIPv4MappedToIPv6 ? next.MapToIPv4() : next : IPAddress.None;
        }
        return client;
    }
}
