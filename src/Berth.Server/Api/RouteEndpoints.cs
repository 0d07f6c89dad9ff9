using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Operations;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>Which hosts and paths lead to which apps, by which rules; and the router's own word on them.</summary>
internal static class RouteEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/routes", List).Needs(Permission.View, Subject.Covered).WithSummary("All routes");
        api.MapPost("/routes", AddAsync).Needs(Permission.Deploy, Subject.Covered).WithSummary("Lead a host, or a path of one, to an app").Produces<RouteInfo>();
        api.MapPatch("/routes/{**address}", ChangeAsync).Needs(Permission.Deploy, Subject.Route).WithSummary("Change a route's rules: password, networks, time limit, TLS, share of another release").Produces<RouteInfo>();
        api.MapDelete("/routes/{**address}", RemoveAsync).Needs(Permission.Deploy, Subject.Route).WithSummary("Remove a route that was added").Produces(204);
        api.MapPut("/routes/default", SetDefaultAsync).Needs(Permission.Administer, Subject.Server).WithSummary("Choose the app for unknown hosts").Produces<IReadOnlyList<RouteInfo>>();
        api.MapPut("/apps/{app}/maintenance", SetMaintenanceAsync).Needs(Permission.Deploy).WithSummary("Answer an app's visitors with 503, or let them in again").Produces(204);
    }

    /// <summary>Where Prometheus looks.</summary>
    public static async Task<IResult> MetricsAsync(ControlPlane control, CancellationToken ct) =>
        await control.Publisher.AskAsync(router => router.MetricsAsync(ct), otherwise: "") is { Length: > 0 } text
            ? Results.Text(text, "text/plain; version=0.0.4; charset=utf-8")
            : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);

    public static RouteInfo Info(RoutedHost route, ControlPlane control) => new(route.Host, route.App, route.App == control.Routes.Default)
    {
        Path = route.Path,
        TimeoutSeconds = route.Rules?.ResponseTimeout?.TotalSeconds,
        User = route.Rules?.Login?.User,
        Allow = route.Rules?.Allow,
        HttpsOnly = route.Rules is { HttpsOnly: true },
        Share = route.Rules?.Split is { } split ? new RouteShare(split.Release, split.Percent) : null,
    };

    private static IReadOnlyList<RouteInfo> List(HttpContext http, ControlPlane control) =>
        [.. control.Routes.List().Where(r => http.Caller().Grant.Covers(r.App)).Select(r => Info(r, control))];

    private static async Task<IResult> AddAsync(RouteRequest request, HttpContext http, ControlPlane control, CancellationToken ct)
    {
        if (!http.Caller().Grant.Covers(request.App))
            return ProblemResults.From(Subjects.NotFound(Subject.App, request.App));
        var app = control.Apps.Find(request.App);
        if (app.Error is { } missing)
            return ProblemResults.From(missing);
        http.Note(request.Host, app.Value.Name);
        var added = await control.Routes.AddAsync(request.Host, app.Value, ct);
        return added.Error is { } error ? ProblemResults.From(error) : Results.Ok(Info(added.Value, control));
    }

    private static async Task<IResult> ChangeAsync(string address, RouteChangeRequest request, ControlPlane control, CancellationToken ct)
    {
        var changed = await control.Routes.ChangeAsync(address, new RouteRuleChange
        {
            ResponseTimeout = Seconds(request.TimeoutSeconds),
            Login = request.Login is { } login ? (login.User, login.Password ?? "") : null,
            Allow = request.Allow,
            HttpsOnly = request.HttpsOnly,
            Split = request.Share is { } share ? new RouteSplit(share.Release, share.Percent) : null,
        }, ct);
        return changed.Error is { } error ? ProblemResults.From(error) : Results.Ok(Info(changed.Value, control));
    }

    private static async Task<IResult> RemoveAsync(string address, ControlPlane control, CancellationToken ct)
    {
        var removed = await control.Routes.RemoveAsync(address, ct);
        return removed.Error is { } error ? ProblemResults.From(error) : Results.NoContent();
    }

    private static async Task<IResult> SetDefaultAsync(DefaultRouteRequest request, HttpContext http, ControlPlane control, CancellationToken ct)
    {
        http.Note(request.App ?? "none", request.App);
        AppRecord? app = null;
        if (request.App is { } name)
        {
            var found = control.Apps.Find(name);
            if (found.Error is { } missing)
                return ProblemResults.From(missing);
            app = found.Value;
        }
        await control.Routes.SetDefaultAsync(app, ct);
        return Results.Ok(List(http, control));
    }

    private static async Task<IResult> SetMaintenanceAsync(string app, MaintenanceRequest request, HttpContext http, ControlPlane control, CancellationToken ct)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
            return ProblemResults.From(missing);
        http.Note(request.On ? "on" : "off");
        if (!request.On)
        {
            await control.Routes.EndMaintenanceAsync(found.Value, ct);
            return Results.NoContent();
        }
        var begun = await control.Routes.BeginMaintenanceAsync(found.Value, Seconds(request.RetryAfterSeconds), ct);
        return begun.Error is { } error ? ProblemResults.From(error) : Results.NoContent();
    }

    /// <summary>What is too large for a time span is too large for any of these, and told as such.</summary>
    private static TimeSpan? Seconds(double? seconds) => seconds is { } given ? TimeSpan.FromSeconds(Math.Clamp(double.IsNaN(given) ? -1 : given, -1, 1e9)) : null;
}
