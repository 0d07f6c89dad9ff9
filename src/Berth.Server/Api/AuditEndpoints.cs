using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Store;

namespace Berth.Server.Api;

/// <summary>Who did what.</summary>
internal static class AuditEndpoints
{
    private const int DefaultEntries = 200;
    private const int MaxEntries = 100_000;

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/audit", List).Needs(Permission.Deploy, Subject.Covered).WithSummary("Who did what, newest first; a deployer sees what concerns its apps").Produces<IReadOnlyList<AuditInfo>>();

    private static IResult List(string? app, DateTimeOffset? since, int? lines, HttpContext http, ControlPlane control)
    {
        if (lines is < 0 or > MaxEntries)
            return ProblemResults.From(AccessErrors.BadEntries(lines.Value, MaxEntries));
        var grant = http.Caller().Grant;
        var apps = app is null ? grant.Apps : grant.Covers(app) ? [app] : [];
        return Results.Ok<IReadOnlyList<AuditInfo>>([.. control.Stores.Audit.List(apps, since, lines ?? DefaultEntries).Select(Info)]);
    }

    private static AuditInfo Info(AuditEntry entry) => new()
    {
        At = entry.At,
        Token = entry.Token,
        TokenId = entry.TokenId,
        Method = entry.Method,
        Path = entry.Path,
        App = entry.App,
        Operation = entry.Operation,
        Detail = entry.Detail,
        From = entry.From,
        Status = entry.Status,
        Outcome = entry.Status switch
        {
            null => "under way",
            < 400 => "done",
            < 500 => "refused",
            _ => "failed",
        },
    };
}
