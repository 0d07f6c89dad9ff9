using System.Net;
using Berth.Model;

namespace Berth.Router.Routing;

/// <summary>Whether a table can be routed by. A table that fails is refused whole: half a table would lose somebody's route.</summary>
public static class RouteTableCheck
{
    /// <summary>Null, or the first thing wrong.</summary>
    public static string? Problem(RouteTable table)
    {
        var apps = new HashSet<string>(StringComparer.Ordinal);
        var sandboxes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var app in table.Apps)
        {
            if (!apps.Add(app.Name))
                return RouterMessages.AppTwice(app.Name);
            foreach (var sandbox in app.Sandboxes)
            {
                if (!sandboxes.Add(sandbox.Id))
                    return RouterMessages.SandboxTwice(sandbox.Id);
                if (!IPAddress.TryParse(sandbox.Address, out _) || sandbox.Port is < 1 or > 65535)
                    return RouterMessages.BadSandboxAddress(sandbox);
            }
        }
        var hosts = new HashSet<(string, string?)>();
        foreach (var host in table.Hosts)
        {
            if (!hosts.Add((host.Host, host.Path)))
                return RouterMessages.HostTwice(host.Address.ToString());
            if (host.Host != HostNames.Normalize(host.Host))
                return RouterMessages.HostNotNormal(host.Host);
            if (!apps.Contains(host.App))
                return RouterMessages.UnknownApp($"host \"{host.Host}\"", host.App);
            if (host.Path is { } path && !RouteAddress.IsPath(path))
                return RouterMessages.BadRoutePath(host);
            if (host.Rules is { } rules && ProblemOf(rules) is { } what)
                return RouterMessages.BadRule(host, what);
        }
        return table.DefaultApp is { } app0 && !apps.Contains(app0) ? RouterMessages.UnknownApp("the default route", app0) : null;
    }

    private static string? ProblemOf(RouteRules rules) =>
        rules.ResponseTimeout <= TimeSpan.Zero ? "a time limit"
        : rules.Login is { } login && !PasswordHash.IsValid(login.PasswordHash) ? "a password"
        : rules.Allow?.All(network => IPNetwork.TryParse(network, out _)) == false ? "a network"
        : rules.Split is { Percent: < 1 or > 99 } ? "a share"
        : null;
}
