using System.Globalization;
using System.Net;

namespace Berth.Control.Reconciling;

/// <summary>What is said of a sandbox that does not become ready.</summary>
internal static class ReadinessMessages
{
    private const string SayPort = "or say which port it is by port in app.toml or EXPOSE in the Dockerfile";

    public static string WrongStatus(string path, int port, int status) => $"GET {path} on port {port} answers {status}, and not 200 to 399";

    public static string NoHttp(string path, int port) => $"port {port} accepts connections, but gives no HTTP answer to GET {path}";

    public static string TooSlow(int port, TimeSpan limit) => $"port {port} does not answer within {limit.TotalSeconds:0.#} s";

    public static string NotYet(string service, string problem) => $"still waiting for {service}: {problem}";

    /// <param name="listening">What listens in the sandbox; null where that cannot be seen.</param>
    public static string Unreachable(int port, IReadOnlyList<IPEndPoint>? listening) => $"nothing can be reached on port {port}: {Advice(port, listening)}";

    private static string Advice(int port, IReadOnlyList<IPEndPoint>? listening)
    {
        if (listening is null || listening.Any(l => l.Port == port && !IPAddress.IsLoopback(l.Address)))
            return $"listen on 0.0.0.0 and the port in $PORT, {SayPort}";
        if (listening.Count == 0)
            return $"it listens on no port at all; listen on 0.0.0.0 and the port in $PORT, {SayPort}";
        if (listening.FirstOrDefault(l => l.Port == port) is { } own)
            return $"it listens only on {own}, where nothing outside of its sandbox reaches it; bind to 0.0.0.0";
        var ports = string.Join(", ", listening.Select(Name).Distinct().Order(StringComparer.Ordinal));
        var open = listening.FirstOrDefault(l => !IPAddress.IsLoopback(l.Address));
        return open is null
            ? $"it listens on {ports}, not on the {port} of $PORT; listen on 0.0.0.0 and $PORT"
            : $"it listens on {ports}, not on the {port} of $PORT; listen on $PORT, or write port = {open.Port} in app.toml or EXPOSE {open.Port} in the Dockerfile";
    }

    private static string Name(IPEndPoint listening) => listening.Address.Equals(IPAddress.Any) || listening.Address.Equals(IPAddress.IPv6Any)
        ? listening.Port.ToString(CultureInfo.InvariantCulture)
        : listening.ToString();
}
