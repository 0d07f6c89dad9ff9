using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>Variables as they leave the server: the one place that decides whose values do.</summary>
internal static class EnvViews
{
    /// <summary>Who may only look sees the names of variables.</summary>
    public static bool ShowsValues(HttpContext http) => http.Caller().Grant.Highest >= Permission.Deploy;

    /// <summary>Those that are in force, by name.</summary>
    public static IReadOnlyList<EnvInfo> Of(AppRecord app, ControlPlane control, bool values)
    {
        var config = control.Deployments.Config(app);
        var active = app.ActiveRelease is { } id ? control.Stores.Releases.Find(id) : null;
        return [.. EnvVars.Merge(active?.FileEnv ?? [], config).Select(v => Info(v, config.Any(c => c.Key == v.Key), active?.SensitiveEnv.Contains(v.Key) == true, values)).OrderBy(v => v.Key, StringComparer.Ordinal)];
    }

    /// <summary>All of a release, its services' own left out.</summary>
    public static IReadOnlyList<EnvInfo> Of(Release release, bool values) =>
        [.. release.Env.Select(v => Info(v, release.Config.Contains(v), release.SensitiveEnv.Contains(v.Key), values))];

    public static IReadOnlyList<EnvInfo> Of(ServiceDefinition service, bool values) => [.. service.Env.Select(v => Info(v, manual: false, sensitive: false, values))];

    private static EnvInfo Info(EnvVar variable, bool manual, bool sensitive, bool values) =>
        new(variable.Key, values ? variable.Value : null, manual ? "manual" : "config") { Sensitive = sensitive };
}
