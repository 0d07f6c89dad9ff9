using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>How much of variables is shown.</summary>
internal enum EnvPart
{
    /// <summary>To who may only look.</summary>
    Names,

    /// <summary>To who may deploy: all values but secrets.</summary>
    Values,

    /// <summary>To nobody: for comparing releases within the server.</summary>
    Secrets,
}

/// <summary>Variables as they leave the server: the one place that decides whose values do.</summary>
internal static class EnvViews
{
    public static EnvPart For(HttpContext http) => http.Caller().Grant.Highest >= Permission.Deploy ? EnvPart.Values : EnvPart.Names;

    /// <summary>Those that are in force, by name.</summary>
    public static IReadOnlyList<EnvInfo> Of(AppRecord app, ControlPlane control, EnvPart part)
    {
        var config = control.Deployments.Config(app);
        var active = app.ActiveRelease is { } id ? control.Stores.Releases.Find(id) : null;
        return [.. EnvVars.Merge(active?.FileEnv ?? [], config).Select(v => Info(v, config.Any(c => c.Key == v.Key), active?.SensitiveEnv.Contains(v.Key) == true, part)).OrderBy(v => v.Key, StringComparer.Ordinal)];
    }

    /// <summary>All of a release, its services' own left out.</summary>
    public static IReadOnlyList<EnvInfo> Of(Release release, EnvPart part) =>
        [.. release.Env.Select(v => Info(v, release.Config.Contains(v), release.SensitiveEnv.Contains(v.Key), part))];

    /// <summary>Those of a service's own, or of a sidecar's.</summary>
    public static IReadOnlyList<EnvInfo> Of(IReadOnlyList<EnvVar> variables, IReadOnlyList<string> sensitive, EnvPart part) =>
        [.. variables.Select(v => Info(v, manual: false, sensitive.Contains(v.Key), part))];

    private static EnvInfo Info(EnvVar variable, bool manual, bool sensitive, EnvPart part) =>
        new(variable.Key, part == EnvPart.Secrets || (part == EnvPart.Values && !variable.Secret) ? variable.Value : null, manual ? "manual" : "config") { Sensitive = sensitive, Secret = variable.Secret };
}
