using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Operations;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>Crons: when they run, how they went, and running one now.</summary>
internal static class CronEndpoints
{
    private const int DefaultRuns = 50;
    private const int MaxRuns = 10_000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/apps/{app}/crons", List).Needs(Permission.View).WithSummary("The active release's crons, with their next and their last run").Produces<IReadOnlyList<CronInfo>>();
        api.MapGet("/apps/{app}/crons/runs", Runs).Needs(Permission.View).WithSummary("How crons went, newest first").Produces<IReadOnlyList<CronRunInfo>>();
        api.MapPost("/apps/{app}/crons/{cron}/run", RunAsync).Needs(Permission.Deploy).WithSummary("Run a cron now, whatever its schedule").Produces<CronRunInfo>();
    }

    private static IResult List(string app, ControlPlane control)
    {
        var found = control.Apps.Find(app);
        return found.Error is { } missing ? ProblemResults.From(missing) : Results.Ok<IReadOnlyList<CronInfo>>([.. control.Crons.List(found.Value).Select(Info)]);
    }

    private static IResult Runs(string app, string? cron, int? lines, ControlPlane control)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
            return ProblemResults.From(missing);
        return lines is < 0 or > MaxRuns
            ? ProblemResults.From(AccessErrors.BadEntries(lines.Value, MaxRuns))
            : Results.Ok<IReadOnlyList<CronRunInfo>>([.. control.Stores.Crons.List(app, cron, lines ?? DefaultRuns).Select(run => Info(run, control))]);
    }

    private static async Task<IResult> RunAsync(string app, string cron, HttpContext http, ControlPlane control, CancellationToken ct)
    {
        http.Note(cron);
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
            return ProblemResults.From(missing);
        var begun = await control.Crons.RunAsync(found.Value, cron, ct);
        return begun.Error is { } error ? ProblemResults.From(error) : Results.Ok(Info(begun.Value, control));
    }

    private static CronInfo Info(CronStatus status) => new()
    {
        Name = status.Cron.Name,
        Schedule = status.Cron.Schedule,
        TimeZone = status.Cron.TimeZone,
        Command = status.Cron.Command,
        Service = status.Cron.Service,
        Overlap = status.Cron.Overlap,
        Timeout = GoDuration.Format(status.Cron.Timeout),
        NextAt = status.NextAt,
        LastAt = status.Last?.At,
        LastOutcome = status.Last is { } last ? Word(last) : null,
    };

    private static CronRunInfo Info(CronRun run, ControlPlane control) => new()
    {
        Id = run.Id,
        Cron = run.Cron,
        Release = control.Stores.Releases.Find(run.Release)?.Label,
        Due = run.Due,
        At = run.At,
        EndedAt = run.EndedAt,
        Outcome = Word(run),
        ExitCode = run.ExitCode,
        Problem = run.Problem,
    };

    private static string Word(CronRun run) => run switch
    {
        { Outcome: CronOutcome.TimedOut } => "timed out",
        { Outcome: CronOutcome.Failed, ExitCode: { } code } => $"failed ({code})",
        _ => run.Outcome.ToString().ToLowerInvariant(),
    };
}
