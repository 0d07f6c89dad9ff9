using System.Runtime.CompilerServices;
using Berth.Contracts;
using Berth.Control;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>Apps, their services and variables.</summary>
internal static class AppEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/apps", async Task<IReadOnlyList<AppSummary>> (AppViews views, CancellationToken ct) => [.. (await views.ListAsync(ct)).Select(Summary)]).WithSummary("All apps");
        api.MapPost("/apps", CreateAsync).WithSummary("Make an app").Produces<AppInfo>(201);
        api.MapGet("/apps/{app}", (string app, ControlPlane control, AppViews views, CancellationToken ct) =>
            Of(control, app, found => views.FindAsync(found, ct))).WithSummary("One app").Produces<AppInfo>();
        api.MapDelete("/apps/{app}", Delete).WithSummary("Delete an app with all that runs of it; its disks stay").Produces(202);
        api.MapGet("/apps/{app}/services", (string app, ControlPlane control, AppViews views, CancellationToken ct) =>
            Of(control, app, async found => (await views.FindAsync(found, ct)).Services)).WithSummary("An app's services").Produces<IReadOnlyList<ServiceInfo>>();
        api.MapPost("/apps/{app}/scale", Scale).WithSummary("Set services' counts and limits").Produces<IReadOnlyList<ServiceInfo>>();
        api.MapGet("/apps/{app}/scaling", (string app, ControlPlane control, AppViews views, CancellationToken ct) =>
            Of(control, app, found => views.ScalingAsync(found, ct))).WithSummary("Demand, the counts that follow from it, and why").Produces<ScalingInfo>();
        api.MapPost("/apps/{app}/restart", Restart).WithSummary("Replace sandboxes without a gap").Produces<IReadOnlyList<ServiceInfo>>();
        api.MapGet("/apps/{app}/settled", Settled).WithSummary("One line with the app, once all that is wanted of it runs").Produces<AppInfo>(200, "application/x-ndjson");
        api.MapGet("/apps/{app}/env", Env).WithSummary("An app's variables with their values").Produces<IReadOnlyList<EnvInfo>>();
    }

    private static async Task<IResult> CreateAsync(CreateAppRequest request, ControlPlane control, AppViews views, CancellationToken ct)
    {
        var created = control.Apps.Create(request.Name);
        return created.Error is { } error
            ? ProblemResults.From(error)
            : Results.Created($"/v1/apps/{created.Value.Name}", await views.FindAsync(created.Value, ct));
    }

    private static AppSummary Summary(AppInfo app) => new()
    {
        Name = app.Name,
        Version = app.Version,
        Release = app.Release,
        DeployedAt = app.DeployedAt,
        Commit = app.Commit,
        Urls = app.Urls,
        Status = app.Status,
    };

    private static IResult Delete(string app, ControlPlane control) =>
        control.Apps.Delete(app).Error is { } error ? ProblemResults.From(error) : Results.Accepted();

    private static async Task<IResult> Scale(string app, ScaleRequest request, ControlPlane control, AppViews views, CancellationToken ct)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
            return ProblemResults.From(missing);
        var scaled = control.Services.Scale(found.Value, request.Services, request.Memory, request.Cpu);
        return scaled.Error is { } error ? ProblemResults.From(error) : Results.Ok((await views.FindAsync(scaled.Value, ct)).Services);
    }

    private static async Task<IResult> Restart(string app, RestartRequest request, ControlPlane control, AppViews views, CancellationToken ct)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
            return ProblemResults.From(missing);
        var restarted = control.Services.Restart(found.Value, request.Service);
        return restarted.Error is { } error ? ProblemResults.From(error) : Results.Ok((await views.FindAsync(restarted.Value, ct)).Services);
    }

    private static IResult Settled(string app, ControlPlane control, AppViews views)
    {
        var found = control.Apps.Find(app);
        return found.Error is { } error
            ? ProblemResults.From(error)
            : new NdjsonResult<AppInfo>(SettledAsync(found.Value, control, views), ContractsJson.Default.AppInfo);
    }

    private static async IAsyncEnumerable<AppInfo> SettledAsync(Control.Store.AppRecord app, ControlPlane control, AppViews views, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await control.WaitSettledAsync(app.Name, ct);
        if (control.Apps.Find(app.Name) is { Error: null } found)
            yield return await views.FindAsync(found.Value, ct);
    }

    private static Task<IResult> Env(string app, ControlPlane control) => Of(control, app, found =>
    {
        var config = control.Deployments.Config(found);
        var active = found.ActiveRelease is { } id ? control.Stores.Releases.Find(id) : null;
        return Task.FromResult<IReadOnlyList<EnvInfo>>(
        [
            .. EnvViews.Of(EnvVars.Merge(active?.FileEnv ?? [], config), config, active?.SensitiveEnv ?? []).OrderBy(v => v.Key, StringComparer.Ordinal),
        ]);
    });

    /// <summary>What <paramref name="show"/> makes of the app, or the problem that there is none.</summary>
    private static async Task<IResult> Of<T>(ControlPlane control, string app, Func<Control.Store.AppRecord, Task<T>> show)
    {
        var found = control.Apps.Find(app);
        return found.Error is { } error ? ProblemResults.From(error) : Results.Ok(await show(found.Value));
    }
}
