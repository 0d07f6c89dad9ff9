using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Store;
using Berth.Server.Api;

namespace Berth.Server.Dashboard;

/// <summary>All that an app's page shows, at one moment.</summary>
public sealed record AppPicture(
    AppInfo App, IReadOnlyList<SandboxInfo> Sandboxes, IReadOnlyList<ReleaseInfo> Releases, IReadOnlyList<DeploymentInfo> Deployments, IReadOnlyList<RouteInfo> Routes);

/// <summary>Reads it by way of the API's own views: an app has one status and one wording, whoever asks.</summary>
internal sealed class AppReader(ControlPlane control, AppViews apps, DeploymentViews deployments, DashboardOptions options)
{
    public async Task<AppPicture> ReadAsync(AppRecord app, CancellationToken ct) => new(
        await apps.FindAsync(app, ct),
        await apps.SandboxesAsync(app.Name, all: true, Grant.All, ct),
        [.. ReleaseEndpoints.ListOf(control, app).Take(options.HistoryRows)],
        [.. control.Stores.Deployments.List(app.Name, options.HistoryRows).Select(d => deployments.Info(d))],
        [.. control.Routes.List().Where(r => r.App == app.Name).Select(r => RouteEndpoints.Info(r, control))]);
}
