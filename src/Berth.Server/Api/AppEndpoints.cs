using Berth.Contracts;
using Berth.Control;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>Apps, their services, releases and variables.</summary>
internal static class AppEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/apps", (AppViews views, CancellationToken ct) => views.ListAsync(ct)).WithSummary("All apps");
        api.MapPost("/apps", CreateAsync).WithSummary("Make an app").Produces<AppInfo>(201);
        api.MapGet("/apps/{app}", (string app, ControlPlane control, AppViews views, CancellationToken ct) =>
            Of(control, app, found => views.FindAsync(found, ct))).WithSummary("One app").Produces<AppInfo>();
        api.MapDelete("/apps/{app}", Delete).WithSummary("Delete an app with all that runs of it; its disks stay").Produces(202);
        api.MapGet("/apps/{app}/services", (string app, ControlPlane control, AppViews views, CancellationToken ct) =>
            Of(control, app, async found => (await views.FindAsync(found, ct)).Services)).WithSummary("An app's services").Produces<IReadOnlyList<ServiceInfo>>();
        api.MapPost("/apps/{app}/scale", Scale).WithSummary("Set services' counts and limits").Produces<IReadOnlyList<ServiceInfo>>();
        api.MapPost("/apps/{app}/restart", Restart).WithSummary("Replace sandboxes without a gap").Produces<IReadOnlyList<ServiceInfo>>();
        api.MapGet("/apps/{app}/releases", Releases).WithSummary("An app's releases, newest first").Produces<IReadOnlyList<ReleaseInfo>>();
        api.MapGet("/apps/{app}/env", Env).WithSummary("An app's variables with their values").Produces<IReadOnlyList<EnvInfo>>();
    }

    private static async Task<IResult> CreateAsync(CreateAppRequest request, ControlPlane control, AppViews views, CancellationToken ct)
    {
        var created = control.Apps.Create(request.Name);
        return created.Error is { } error
            ? ProblemResults.From(error)
            : Results.Created($"/v1/apps/{created.Value.Name}", await views.FindAsync(created.Value, ct));
    }

    private static IResult Delete(string app, ControlPlane control) =>
        control.Apps.Delete(app).Error is { } error ? ProblemResults.From(error) : Results.Accepted();

    private static async Task<IResult> Scale(string app, bool? wait, ScaleRequest request, ControlPlane control, AppViews views, CancellationToken ct)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
            return ProblemResults.From(missing);
        var scaled = control.Services.Scale(found.Value, request.Services, request.Memory, request.Cpu);
        return scaled.Error is { } error ? ProblemResults.From(error) : await SettledAsync(scaled.Value, wait == true, control, views, ct);
    }

    private static async Task<IResult> Restart(string app, bool? wait, RestartRequest request, ControlPlane control, AppViews views, CancellationToken ct)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
            return ProblemResults.From(missing);
        var restarted = control.Services.Restart(found.Value, request.Service);
        return restarted.Error is { } error ? ProblemResults.From(error) : await SettledAsync(restarted.Value, wait == true, control, views, ct);
    }

    private static async Task<IResult> SettledAsync(Control.Store.AppRecord app, bool wait, ControlPlane control, AppViews views, CancellationToken ct)
    {
        if (wait)
            await control.WaitSettledAsync(app.Name, ct);
        return Results.Ok((await views.FindAsync(app, ct)).Services);
    }

    private static Task<IResult> Releases(string app, ControlPlane control) => Of(control, app, found => Task.FromResult<IReadOnlyList<ReleaseInfo>>(
    [
        .. control.Stores.Releases.List(found.Name).Select(r => new ReleaseInfo
        {
            Id = r.Id,
            Release = r.Label,
            CreatedAt = r.CreatedAt,
            Commit = r.Commit,
            Description = r.Description,
            Active = r.Id == found.ActiveRelease,
            Image = r.Services.FirstOrDefault(s => s.Definition.Image is null)?.ImageName ?? r.Services[0].ImageName,
            Services = [.. r.Services.Select(s => s.Definition.Name)],
        }),
    ]));

    private static Task<IResult> Env(string app, ControlPlane control) => Of(control, app, found =>
    {
        var config = control.Deployments.Config(found);
        var file = found.ActiveRelease is { } id && control.Stores.Releases.Find(id) is { } active ? active.FileEnv : [];
        return Task.FromResult<IReadOnlyList<EnvInfo>>(
        [
            .. EnvVars.Merge(file, config).Select(v => new EnvInfo(v.Key, v.Value, config.Any(c => c.Key == v.Key) ? "manual" : "config")).OrderBy(v => v.Key, StringComparer.Ordinal),
        ]);
    });

    /// <summary>What <paramref name="show"/> makes of the app, or the problem that there is none.</summary>
    private static async Task<IResult> Of<T>(ControlPlane control, string app, Func<Control.Store.AppRecord, Task<T>> show)
    {
        var found = control.Apps.Find(app);
        return found.Error is { } error ? ProblemResults.From(error) : Results.Ok(await show(found.Value));
    }
}
