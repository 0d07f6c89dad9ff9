using System.Runtime.CompilerServices;
using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Logs;
using LogQuery = Berth.Control.Logs.LogQuery;

namespace Berth.Server.Api;

/// <summary>What sandboxes printed.</summary>
internal static class LogEndpoints
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/apps/{app}/logs", Logs).Needs(Permission.View).WithSummary("An app's log lines, oldest first").Produces<LogLine>(200, "application/x-ndjson");

    private static IResult Logs(string app, bool? follow, string? service, string? sandbox, DateTimeOffset? since, int? lines, string? filter, ControlPlane control)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } error)
            return ProblemResults.From(error);
        if (!LogFilter.TryParse(filter ?? "", out var wanted, out var problem))
            return ProblemResults.Of(StatusCodes.Status422UnprocessableEntity, "bad-filter", problem);
        if (lines < 0)
            return ProblemResults.Of(StatusCodes.Status422UnprocessableEntity, "bad-lines", $"{lines} is no number of lines; use 0 or more");
        var query = new LogQuery { Service = service, Sandbox = sandbox, Since = since, Lines = lines, Filter = wanted, Follow = follow == true };
        return new NdjsonResult<LogLine>(LinesAsync(control, app, query), ContractsJson.Default.LogLine);
    }

    private static async IAsyncEnumerable<LogLine> LinesAsync(ControlPlane control, string app, LogQuery query, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (var line in control.Logs.ReadAsync(app, query, ct))
            yield return new() { Time = line.Time, Stream = line.Stream.ToString(), Service = line.Service, Sandbox = line.Sandbox, Text = line.Text };
    }
}
