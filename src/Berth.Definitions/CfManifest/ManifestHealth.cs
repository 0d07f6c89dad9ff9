using Berth.Model;

namespace Berth.Definitions.CfManifest;

/// <summary>
/// Reads the keys of a process's health check. Berth has one check, which tells when a new sandbox gets requests. The readiness check of a manifest
/// means just that, so it counts where the manifest has no other.
/// </summary>
internal static class ManifestHealth
{
    private const int MaxSeconds = 3600;

    /// <summary>Null: nothing is said, and the service's default holds.</summary>
    public static HealthCheck? Read(ManifestSection section, string process)
    {
        var health = ReadKeys(section, "");
        var readiness = ReadKeys(section, ManifestKeys.ReadinessPrefix);
        var startup = section.Count(ManifestKeys.Timeout, 1, MaxSeconds);
        if (readiness is { Kind: HealthCheckKind.Http or HealthCheckKind.Port })
        {
            if (health.Kind is null)
                health = readiness;
            else
                section.Warning(ManifestKeys.ReadinessPrefix + ManifestKeys.HealthType, ManifestMessages.WithoutEffect(section.Where, ManifestKeys.ReadinessPrefix + ManifestKeys.HealthType, ManifestKeys.OneHealthCheck));
        }
        if (health is { Kind: null, Path: null, Timeout: null, Interval: null } && startup is null)
            return null;
        var kind = health.Kind ?? (Names.IsRoutable(process) ? HealthCheckKind.Port : HealthCheckKind.Process);
        var fallback = new HealthCheck { Kind = kind };
        return fallback with
        {
            Path = kind == HealthCheckKind.Http ? health.Path ?? fallback.Path : fallback.Path,
            Timeout = Seconds(health.Timeout) ?? fallback.Timeout,
            Interval = Seconds(health.Interval) ?? fallback.Interval,
            StartupTimeout = Seconds(startup) ?? fallback.StartupTimeout,
        };
    }

    private static Keys ReadKeys(ManifestSection section, string prefix)
    {
        var (typeKey, pathKey) = (prefix + ManifestKeys.HealthType, prefix + ManifestKeys.HealthPath);
        var type = section.Choice(typeKey, "port", "process", "http", "none");
        var path = section.Text(pathKey);
        if (path is not null && (!path.StartsWith('/') || path.Any(c => c <= ' ' || char.IsControl(c))))
        {
            section.Error(pathKey, ManifestMessages.BadHealthPath(section.Where, section.Spelled(pathKey), path));
            path = null;
        }
        if (section.Has(pathKey) && type != "http")
        {
            var problem = ManifestMessages.HealthPathWithoutHttp(section.Where, section.Spelled(pathKey), typeKey);
            if (section.Has(typeKey))
                section.Error(pathKey, problem);
            else
                section.Warning(pathKey, problem);
        }
        return new Keys(
            type switch
            {
                null => null,
                "http" => HealthCheckKind.Http,
                "port" => HealthCheckKind.Port,
                _ => HealthCheckKind.Process,
            },
            path,
            section.Count(prefix + ManifestKeys.HealthTimeout, 1, MaxSeconds),
            section.Count(prefix + ManifestKeys.HealthInterval, 1, MaxSeconds));
    }

    private static TimeSpan? Seconds(int? count) => count is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private sealed record Keys(HealthCheckKind? Kind, string? Path, int? Timeout, int? Interval);
}
