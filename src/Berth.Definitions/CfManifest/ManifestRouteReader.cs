using System.Text.RegularExpressions;
using Berth.Definitions.Yaml;
using Berth.Model;

namespace Berth.Definitions.CfManifest;

/// <summary>Reads <c>routes</c> and the three words about routes: no-route wins over all, then routes, then random-route.</summary>
internal static partial class ManifestRouteReader
{
    private const string InternalDomain = ".apps.internal";

    public static RouteWishes Read(ManifestSection application, FileDiagnostics diagnostics)
    {
        var hosts = new List<string>();
        foreach (var item in application.List(ManifestKeys.Routes, "a list of mappings"))
        {
            if (item is YamlMapping mapping)
                AddHost(ManifestSection.OpenExact(mapping, $"{application.Where}, routes", ["route", "protocol", "options"], diagnostics), hosts, diagnostics);
            else
                application.Error(ManifestKeys.Routes, ManifestMessages.WrongType(application.Where, ManifestKeys.Routes, "a list of mappings", $"a list with {item.KindName} in it"));
        }
        var (none, random, standard) = (application.Flag(ManifestKeys.NoRoute), application.Flag(ManifestKeys.RandomRoute), application.Flag(ManifestKeys.DefaultRoute));
        if (random && standard)
            application.Error(ManifestKeys.RandomRoute, ManifestMessages.Together(application.Where, application.Spelled(ManifestKeys.RandomRoute), application.Spelled(ManifestKeys.DefaultRoute), "keep one of them"));
        return none ? new RouteWishes { None = true } : new RouteWishes { Hosts = [.. hosts.Distinct()], Random = random && hosts.Count == 0 };
    }

    private static void AddHost(ManifestSection entry, List<string> hosts, FileDiagnostics diagnostics)
    {
        var protocol = entry.Choice("protocol", "http1", "http2", "tcp");
        if (!entry.Has("route"))
        {
            if (!entry.IsUnknown("route"))
                entry.Error("route", ManifestMessages.WrongType(entry.Where, "route", "a text", "nothing"));
            return;
        }
        if (entry.Text("route") is not { } route)
            return;
        CheckOptions(entry, route, diagnostics);
        if (Address().Match(route) is not { Success: true } address || !IsHost(address.Groups["host"].Value))
            entry.Error("route", ManifestMessages.BadRoute(entry.Where, route));
        else if (protocol == "tcp" || address.Groups["port"].Success || address.Groups["scheme"].Value == "tcp")
            entry.Error("route", ManifestMessages.TcpRoute(entry.Where, route));
        else if (protocol == "http2")
            entry.Error("protocol", ManifestMessages.NotCarriedOut(entry.Where, "protocol", ManifestKeys.Http2));
        else if (RouteAddress.TryParse(address.Groups["host"].Value + address.Groups["path"].Value) is not { } found)
            entry.Error("route", ManifestMessages.RoutePath(entry.Where, route));
        else if (address.Groups["host"].Value.EndsWith(InternalDomain, StringComparison.OrdinalIgnoreCase))
            entry.Error("route", ManifestMessages.InternalRoute(entry.Where, route));
        else
            hosts.Add(found.ToString());
    }

    private static void CheckOptions(ManifestSection entry, string route, FileDiagnostics diagnostics)
    {
        if (entry.Mapping("options") is not { } mapping)
            return;
        foreach (var (key, value) in mapping.Entries)
        {
            if (key.Text != "loadbalancing")
                diagnostics.Error(key.Offset, ManifestMessages.RouteOption(entry.Where, route, key.Text));
            else if (value is YamlScalar { Text: "round-robin" })
                diagnostics.Warning(value.Offset, ManifestMessages.WithoutEffect(entry.Where, "loadbalancing", ManifestKeys.RoundRobin));
            else if (value is not (YamlUnknown or YamlScalar { Text: "least-connection" } or YamlScalar { IsNull: true }))
                diagnostics.Error(value.Offset, ManifestMessages.BadChoice(entry.Where, "loadbalancing", (value as YamlScalar)?.Text ?? value.KindName, "least-connection", "round-robin"));
        }
    }

    private static bool IsHost(string host)
    {
        var labels = (host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host).Split('.');
        return host.Length <= 253 && host.Contains('.', StringComparison.Ordinal)
            && labels.All(label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
    }

    [GeneratedRegex(@"^(?:(?<scheme>https?|tcp)://)?(?<host>[^/:\s]{1,300})(?::(?<port>[0-9]{1,5}))?(?<path>/\S*)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Address();
}
