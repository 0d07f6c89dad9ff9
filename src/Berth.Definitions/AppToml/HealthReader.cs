using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>Reads <c>[services.NAME.health]</c>, and <c>port_timeout</c>, which says a part of the same.</summary>
internal static class HealthReader
{
    /// <summary>Null where the file says nothing of it.</summary>
    public static HealthCheck? Read(TomlSection section, string service)
    {
        var startup = section.Duration("port_timeout", AppTomlRanges.MinHealthInterval, AppTomlRanges.MaxHealthTime);
        if (section.Section("health", AppTomlSchema.Health) is { } health)
        {
            if (section.Has("port_timeout") && health.Has("startup_timeout"))
                section.Error("port_timeout", DefinitionMessages.TimeoutTwice(section.Qualified("port_timeout"), health.Qualified("startup_timeout")));
            var check = ReadTable(health);
            return startup is null ? check : check with { StartupTimeout = startup.Value };
        }
        if (section.Has("port_timeout") && !Names.IsRoutable(service) && !section.Has("port") && !section.Has("ports"))
            section.Error("port_timeout", DefinitionMessages.PortTimeoutWithoutPort(section.Qualified("port_timeout")));
        return startup is null ? null : new HealthCheck { Kind = HealthCheckKind.Port, StartupTimeout = startup.Value };
    }

    private static HealthCheck ReadTable(TomlSection health)
    {
        if (!health.Has("type"))
            health.Error("type", DefinitionMessages.MissingKey(health.Path, "type", "type = \"http\", \"port\" or \"process\""));
        var kind = health.Choice("type", "http", "port", "process") switch
        {
            "http" => HealthCheckKind.Http,
            "process" => HealthCheckKind.Process,
            _ => HealthCheckKind.Port,
        };
        var path = health.Text("path");
        if (path is not null && kind != HealthCheckKind.Http)
            health.Error("path", DefinitionMessages.HealthPathWithoutHttp(health.Qualified("path")));
        else if (path is not null && (!path.StartsWith('/') || path.Any(c => c <= ' ' || char.IsControl(c))))
            health.Error("path", DefinitionMessages.BadHealthPath(health.Qualified("path"), path));
        var fallback = new HealthCheck { Kind = kind };
        return fallback with
        {
            Path = path ?? fallback.Path,
            Interval = health.Duration("interval", AppTomlRanges.MinHealthInterval, AppTomlRanges.MaxHealthTime) ?? fallback.Interval,
            Timeout = health.Duration("timeout", AppTomlRanges.MinHealthTimeout, AppTomlRanges.MaxHealthTime) ?? fallback.Timeout,
            StartupTimeout = health.Duration("startup_timeout", AppTomlRanges.MinHealthInterval, AppTomlRanges.MaxHealthTime) ?? fallback.StartupTimeout,
        };
    }
}
