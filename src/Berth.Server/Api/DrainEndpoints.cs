using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Operations;

namespace Berth.Server.Api;

/// <summary>Where apps' log lines are sent.</summary>
internal static class DrainEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/drains", List).Needs(Permission.View, Subject.Covered).WithSummary("Log drains, and how they do").Produces<IReadOnlyList<DrainInfo>>();
        api.MapPost("/apps/{app}/drains", Add).Needs(Permission.Deploy).WithSummary("Send an app's log lines somewhere, from now on").Produces<DrainInfo>();
        api.MapDelete("/drains/{id}", RemoveAsync).Needs(Permission.Deploy, Subject.Drain).WithSummary("Stop sending log lines there").Produces(204);
    }

    private static IResult List(string? app, HttpContext http, ControlPlane control)
    {
        var grant = http.Caller().Grant;
        if (app is not null && !grant.Covers(app))
            return ProblemResults.From(Subjects.NotFound(Subject.App, app));
        return app is not null && control.Apps.Find(app).Error is { } missing
            ? ProblemResults.From(missing)
            : Results.Ok<IReadOnlyList<DrainInfo>>([.. control.Drains.List(app).Where(view => grant.Covers(view.Drain.App)).Select(Info)]);
    }

    private static IResult Add(string app, DrainRequest request, ControlPlane control)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
            return ProblemResults.From(missing);
        var added = control.Drains.Add(found.Value, request.Url);
        return added.Error is { } error ? ProblemResults.From(error) : Results.Ok(Info(added.Value));
    }

    private static async Task<IResult> RemoveAsync(string id, ControlPlane control) =>
        (await control.Drains.RemoveAsync(id)).Error is { } error ? ProblemResults.From(error) : Results.NoContent();

    private static DrainInfo Info(DrainView view) => new()
    {
        Id = view.Drain.Id,
        App = view.Drain.App,
        Url = view.Url,
        CreatedAt = view.Drain.CreatedAt,
        State = view.Status.State,
        Sent = view.Status.Sent,
        Dropped = view.Status.Dropped,
        WaitingBytes = view.WaitingBytes,
        LastError = view.Status.LastError,
        LastErrorAt = view.Status.LastErrorAt,
    };
}
