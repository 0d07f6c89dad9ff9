using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Berth.Router;

/// <summary>The command line of <c>berth-router</c> → <see cref="RouterOptions"/>.</summary>
public static class RouterArguments
{
    /// <summary>Reads the arguments; where that fails, <paramref name="problem"/> says why in words for people.</summary>
    public static bool TryParse(IReadOnlyList<string> args, [NotNullWhen(true)] out RouterOptions? options, [NotNullWhen(false)] out string? problem)
    {
        options = null;
        var http = new List<IPEndPoint>();
        var https = new List<IPEndPoint>();
        var trusted = new List<IPNetwork>();
        var settings = new List<string>();
        var parsed = new RouterOptions { Http = http, Https = https, TrustedProxies = trusted, Settings = settings, ControlSocket = "", StateFolder = "" };
        for (int i = 0; i < args.Count; i += 2)
        {
            var flag = args[i];
            if (!flag.StartsWith("--", StringComparison.Ordinal) || i + 1 >= args.Count)
            {
                problem = RouterMessages.ArgumentWithoutValue(flag);
                return false;
            }
            if (Set(parsed, flag, args[i + 1], http, https, trusted) is not { } next)
            {
                problem = RouterMessages.BadArgument(flag, args[i + 1]);
                return false;
            }
            parsed = next;
            if (flag is not ("--http" or "--https" or "--control" or "--state" or "--if-running"))
                settings.AddRange([flag, args[i + 1]]);
        }
        problem = http.Count == 0 ? RouterMessages.MissingArgument("--http ADDR:PORT")
            : parsed.ControlSocket.Length == 0 ? RouterMessages.MissingArgument("--control PATH")
            : parsed.StateFolder.Length == 0 ? RouterMessages.MissingArgument("--state DIR")
            : null;
        options = problem is null ? parsed : null;
        return problem is null;
    }

    /// <summary>Null: no such flag, or no such value for it.</summary>
    private static RouterOptions? Set(RouterOptions options, string flag, string value, List<IPEndPoint> http, List<IPEndPoint> https, List<IPNetwork> trusted)
    {
        switch (flag)
        {
            case "--http" when Address(value) is { } address:
                http.Add(address);
                return options;
            case "--https" when Address(value) is { } address:
                https.Add(address);
                return options;
            case "--trust" when IPNetwork.TryParse(value, out var network):
                trusted.Add(network);
                return options;
            case "--http1" when value is "session" or "kestrel":
                return options with { Http1 = value == "session" ? Http1Forwarder.Session : Http1Forwarder.Kestrel };
            case "--if-running" when value is "replace" or "refuse":
                return options with { Replace = value == "replace" };
            case "--access-log" when value is "off" or "json" or "combined":
                return options with { AccessLog = Enum.Parse<AccessLogFormat>(value, ignoreCase: true) };
            case "--access-log-bytes" when Count(value) is { } bytes:
                return options with { AccessLogBytes = bytes };
            case "--control" when value.Length > 0:
                return options with { ControlSocket = Path.GetFullPath(value) };
            case "--state" when value.Length > 0:
                return options with { StateFolder = Path.GetFullPath(value) };
            case "--queue-limit" when Count(value) is { } count:
                return options with { QueueLimit = count };
            case "--max-connections" when Count(value) is { } count:
                return options with { MaxConnections = count };
            case "--queue-timeout" when Seconds(value) is { } time:
                return options with { QueueTimeout = time };
            case "--waiting-page" when Seconds(value) is { } time:
                return options with { WaitingPage = time };
            case "--connect-timeout" when Seconds(value) is { } time:
                return options with { ConnectTimeout = time };
            case "--response-timeout" when Seconds(value) is { } time:
                return options with { ResponseTimeout = time };
            case "--idle-timeout" when Seconds(value) is { } time:
                return options with { IdleTimeout = time };
            case "--take-out-time" when Seconds(value) is { } time:
                return options with { TakeOutTime = time };
            case "--stop-timeout" when Seconds(value) is { } time:
                return options with { StopTimeout = time };
            default:
                return null;
        }
    }

    /// <summary><c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost:8080</c>, <c>*:8080</c>.</summary>
    private static IPEndPoint? Address(string value)
    {
        int colon = value.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;
        return value[..colon] switch
        {
            "localhost" => new IPEndPoint(IPAddress.Loopback, port),
            "*" => new IPEndPoint(IPAddress.IPv6Any, port),
            var host => IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : null,
        };
    }

    private static int? Count(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;

    private static TimeSpan? Seconds(string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
