using Berth.Contracts;
using Berth.Control;
using Berth.Control.Store;

namespace Berth.Server.Api;

/// <summary>Which hosts lead to which apps.</summary>
internal static class RouteEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/routes", List).WithSummary("All routes");
        api.MapPost("/routes", AddAsync).WithSummary("Lead a host to an app").Produces<RouteInfo>();
        api.MapDelete("/routes/{host}", RemoveAsync).WithSummary("Remove a route that was added").Produces(204);
        api.MapPut("/routes/default", SetDefaultAsync).WithSummary("Choose the app for unknown hosts").Produces<IReadOnlyList<RouteInfo>>();
    }

    private static IReadOnlyList<RouteInfo> List(ControlPlane control) =>
        [.. control.Routes.List().Select(r => new RouteInfo(r.Host, r.App, r.App == control.Routes.Default))];

    private static async Task<IResult> AddAsync(RouteRequest request, ControlPlane control, CancellationToken ct)
    {
        var app = control.Apps.Find(request.App);
        if (app.Error is { } missing)
            return ProblemResults.From(missing);
        var added = await control.Routes.AddAsync(request.Host, app.Value, ct);
        return added.Error is { } error ? ProblemResults.From(error) : Results.Ok(new RouteInfo(added.Value.Host, added.Value.App, added.Value.App == control.Routes.Default));
    }

    private static async Task<IResult> RemoveAsync(string host, ControlPlane control, CancellationToken ct)
    {
        var removed = await control.Routes.RemoveAsync(host, ct);
        return removed.Error is { } error ? ProblemResults.From(error) : Results.NoContent();
    }

    private static async Task<IResult> SetDefaultAsync(DefaultRouteRequest request, ControlPlane control, CancellationToken ct)
    {
        AppRecord? app = null;
        if (request.App is { } name)
        {
            var found = control.Apps.Find(name);
            if (found.Error is { } missing)
                return ProblemResults.From(missing);
            app = found.Value;
        }
        await control.Routes.SetDefaultAsync(app, ct);
        return Results.Ok(List(control));
    }
}
