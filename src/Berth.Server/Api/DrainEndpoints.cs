using Berth.Contracts;
using Berth.Control;
using Berth.Control.Operations;

namespace Berth.Server.Api;

/// <summary>Where apps' log lines are sent.</summary>
internal static class DrainEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/drains", List).WithSummary("Log drains, and how they do").Produces<IReadOnlyList<DrainInfo>>();
        api.MapPost("/apps/{app}/drains", Add).WithSummary("Send an app's log lines somewhere, from now on").Produces<DrainInfo>();
        api.MapDelete("/drains/{id}", RemoveAsync).WithSummary("Stop sending log lines there").Produces(204);
    }

    private static IResult List(string? app, ControlPlane control) =>
        app is not null && control.Apps.Find(app).Error is { } missing ? ProblemResults.From(missing) : Results.Ok<IReadOnlyList<DrainInfo>>([.. control.Drains.List(app).Select(Info)]);

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
