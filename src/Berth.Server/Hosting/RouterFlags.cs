using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Berth.Model;

namespace Berth.Server.Hosting;

/// <summary>
/// Flags of <c>berthd</c> that are the router's: they have its names, and are handed on as they are, durations in seconds. What is not given is left to the router's own defaults
/// (<c>RouterOptions</c>), which the descriptions repeat.
/// </summary>
internal static class RouterFlags
{
    private static readonly TimeSpan ShortestTime = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    public static IReadOnlyList<Option<string[]>> All { get; } =
    [
        Flag("--trust", "CIDR", "proxies in front of Berth, whose X-Forwarded-* count; may be repeated (default: none)", "write a network, for example 10.0.0.0/8 or 192.0.2.7/32", Network, isRepeatable: true),
        Flag("--waiting-page", "DURATION", "who looks at a page of a starting app in a browser is shown so after this time (default: waits like all others)", "write a duration up to 24h, for example 3s", Seconds),
        Flag("--queue-limit", "NUMBER", "requests of one app that may wait for a sandbox at once (default 1000)", "write a whole number above 0", Number),
        Flag("--queue-timeout", "DURATION", "how long a request may wait for a sandbox (default 30s)", "write a duration up to 24h, for example 30s", Seconds),
        Flag("--response-timeout", "DURATION", "how long an app may take to begin its answer, where its route says nothing else (default 60s)", "write a duration up to 24h, for example 60s", Seconds),
        Flag("--max-connections", "NUMBER", "clients connected at once (default 20000)", "write a whole number above 0", Number),
        Flag("--access-log", "FORMAT", "form of the access log, router/access.log in the state folder (default json)", "write json, combined or off", static text => text is "json" or "combined" or "off" ? text : null),
        Flag("--access-log-bytes", "SIZE", "size at which the access log becomes access.log.1 (default 16M)", "write a size, for example 64M", Bytes),
    ];

    /// <summary>Those that were given, with their values.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed) =>
        [.. All.SelectMany(flag => (parsed.GetValue(flag) ?? []).SelectMany(value => (string[])[flag.Name, value]))];

    /// <param name="read">The value as the router takes it; null: it is none.</param>
    private static Option<string[]> Flag(string name, string helpName, string description, string todo, Func<string, string?> read, bool isRepeatable = false) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = isRepeatable ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
        CustomParser = result => Read(result, name, todo, read),
    };

    private static string[] Read(ArgumentResult result, string name, string todo, Func<string, string?> read)
    {
        var values = new List<string>();
        foreach (var token in result.Tokens)
        {
            if (read(token.Value) is { } value)
                values.Add(value);
            else
                result.AddError($"{name} {token.Value}: {todo}");
        }
        return [.. values];
    }

    private static string? Network(string text) => IPNetwork.TryParse(text, out var network) ? network.ToString() : null;

    private static string? Seconds(string text) =>
        GoDuration.TryParse(text, out var time) && time >= ShortestTime && time <= LongestTime ? time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) : null;

    private static string? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number.ToString(CultureInfo.InvariantCulture) : null;

    private static string? Bytes(string text) =>
        ByteSize.TryParse(text, out var bytes) && bytes is > 0 and <= int.MaxValue ? bytes.ToString(CultureInfo.InvariantCulture) : null;
}
