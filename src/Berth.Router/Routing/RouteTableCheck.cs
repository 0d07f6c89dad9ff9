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
        var hosts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var host in table.Hosts)
        {
            if (!hosts.Add(host.Host))
                return RouterMessages.HostTwice(host.Host);
            if (host.Host != HostNames.Normalize(host.Host))
                return RouterMessages.HostNotNormal(host.Host);
            if (!apps.Contains(host.App))
                return RouterMessages.UnknownApp($"host \"{host.Host}\"", host.App);
        }
        return table.DefaultApp is { } app0 && !apps.Contains(app0) ? RouterMessages.UnknownApp("the default route", app0) : null;
    }
}
