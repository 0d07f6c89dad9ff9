using System.Runtime.CompilerServices;
using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;

namespace Berth.Server.Api;

/// <summary>Apps, their services and variables.</summary>
internal static class AppEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/apps", async Task<IReadOnlyList<AppSummary>> (HttpContext http, AppViews views, CancellationToken ct) => [.. (await views.ListAsync(http.Caller().Grant, ct)).Select(Summary)]).Needs(Permission.View, Subject.Covered).WithSummary("All apps");
        api.MapPost("/apps", CreateAsync).Needs(Permission.Deploy, Subject.Covered).WithSummary("Make an app").Produces<AppInfo>(201);
        api.MapGet("/apps/{app}", (string app, ControlPlane control, AppViews views, CancellationToken ct) =>
            Of(control, app, found => views.FindAsync(found, ct))).Needs(Permission.View).WithSummary("One app").Produces<AppInfo>();
        api.MapDelete("/apps/{app}", Delete).Needs(Permission.Deploy).WithSummary("Delete an app with all that runs of it; its disks stay").Produces(202);
        api.MapGet("/apps/{app}/services", (string app, ControlPlane control, AppViews views, CancellationToken ct) =>
            Of(control, app, async found => (await views.FindAsync(found, ct)).Services)).Needs(Permission.View).WithSummary("An app's services").Produces<IReadOnlyList<ServiceInfo>>();
        api.MapPost("/apps/{app}/scale", Scale).Needs(Permission.Deploy).WithSummary("Set services' counts and limits").Produces<IReadOnlyList<ServiceInfo>>();
        api.MapGet("/apps/{app}/scaling", (string app, ControlPlane control, AppViews views, CancellationToken ct) =>
            Of(control, app, found => views.ScalingAsync(found, ct))).Needs(Permission.View).WithSummary("Demand, the counts that follow from it, and why").Produces<ScalingInfo>();
        api.MapPost("/apps/{app}/restart", Restart).Needs(Permission.Deploy).WithSummary("Replace sandboxes without a gap").Produces<IReadOnlyList<ServiceInfo>>();
        api.MapGet("/apps/{app}/settled", Settled).Needs(Permission.View).WithSummary("One line with the app, once all that is wanted of it runs").Produces<AppInfo>(200, "application/x-ndjson");
        api.MapGet("/apps/{app}/env", Env).Needs(Permission.View).WithSummary("An app's variables; their values only for who may deploy it").Produces<IReadOnlyList<EnvInfo>>();
    }

    private static async Task<IResult> CreateAsync(CreateAppRequest request, HttpContext http, ControlPlane control, AppViews views, CancellationToken ct)
    {
        // Said of any name that is not in the token, so that it tells nothing of what there is.
        if (http.Caller() is { Grant.Apps: not null } caller && !caller.Grant.Covers(request.Name ?? ""))
            return ProblemResults.From(AccessErrors.ForOtherApps(caller.Name));
        var created = control.Apps.Create(request.Name);
        http.Note(created.Error is null ? created.Value.Name : request.Name ?? "", created.Error is null ? created.Value.Name : null);
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

    private static async Task<IResult> Scale(string app, ScaleRequest request, HttpContext http, ControlPlane control, AppViews views, CancellationToken ct)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
            return ProblemResults.From(missing);
        http.Note(string.Join(", ", [.. request.Services.Select(s => $"{s.Key}={s.Value}"), .. request.Memory is { } memory ? new[] { $"memory {memory}" } : [], .. request.Cpu is { } cpu ? new[] { $"cpu {cpu}" } : []]));
        var scaled = control.Services.Scale(found.Value, request.Services, request.Memory, request.Cpu);
        return scaled.Error is { } error ? ProblemResults.From(error) : Results.Ok((await views.FindAsync(scaled.Value, ct)).Services);
    }

    private static async Task<IResult> Restart(string app, RestartRequest request, HttpContext http, ControlPlane control, AppViews views, CancellationToken ct)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
            return ProblemResults.From(missing);
        http.Note(request.Service ?? "all services");
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

    private static Task<IResult> Env(string app, HttpContext http, ControlPlane control) => Of(control, app, found => Task.FromResult(EnvViews.Of(found, control, EnvViews.For(http))));

    /// <summary>What <paramref name="show"/> makes of the app, or the problem that there is none.</summary>
    private static async Task<IResult> Of<T>(ControlPlane control, string app, Func<Control.Store.AppRecord, Task<T>> show)
    {
        var found = control.Apps.Find(app);
        return found.Error is { } error ? ProblemResults.From(error) : Results.Ok(await show(found.Value));
    }
}
