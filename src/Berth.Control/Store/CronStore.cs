using Berth.Control.Secrets;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

public enum CronOutcome
{
    Running,

    /// <summary>It ended with 0.</summary>
    Succeeded,
    Failed,

    /// <summary>It ran too long and was stopped.</summary>
    TimedOut,

    /// <summary>Not begun, because it still ran from before.</summary>
    Skipped,

    /// <summary>Not begun, because nobody was there to do it.</summary>
    Missed,
}

/// <summary>One time that a cron ran, or should have.</summary>
public sealed record CronRun
{
    /// <summary>Of its sandbox, where it has one.</summary>
    public required string Id { get; init; }

    public required string App { get; init; }

    public required string Cron { get; init; }

    /// <summary>Id of the release that it ran.</summary>
    public required string Release { get; init; }

    /// <summary>The time that the schedule gave; null: a person asked for it.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>When it began, or was found not to begin.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it is stopped if it still runs.</summary>
    public required DateTimeOffset Deadline { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public required CronOutcome Outcome { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>Why it failed where no exit code says it.</summary>
    public string? Problem { get; init; }
}

/// <summary>The history of crons, bounded per cron.</summary>
public sealed class CronStore(StateStore store, Redaction redaction)
{
    private const string Columns = "id, app, cron, release, due, at, deadline, ended_at, outcome, exit_code, problem";

    /// <param name="keep">Runs of a cron that are kept; the oldest go, but none that goes on.</param>
    public void Add(CronRun run, int keep) => store.Write(db =>
    {
        db.Execute($"INSERT INTO cron_runs ({Columns}) VALUES (@id, @app, @cron, @release, @due, @at, @deadline, @ended, @outcome, NULL, NULL)",
            ("@id", run.Id), ("@app", run.App), ("@cron", run.Cron), ("@release", run.Release), ("@due", run.Due?.ToUnixTimeMilliseconds()), ("@at", run.At.ToUnixTimeMilliseconds()),
            ("@deadline", run.Deadline.ToUnixTimeMilliseconds()), ("@ended", run.EndedAt?.ToUnixTimeMilliseconds()), ("@outcome", run.Outcome.ToString()));
        db.Execute("""
            DELETE FROM cron_runs WHERE app = @app AND cron = @cron AND outcome <> 'Running'
                AND id NOT IN (SELECT id FROM cron_runs WHERE app = @app AND cron = @cron ORDER BY at DESC, rowid DESC LIMIT @keep)
            """, ("@app", run.App), ("@cron", run.Cron), ("@keep", keep));
    });

    /// <summary>Only of a run that goes on: what ended first counts.</summary>
    public void End(CronRun run, CronOutcome outcome, int? exitCode, string? problem, DateTimeOffset now)
    {
        var plain = problem is null ? null : redaction.Apply(run.App, problem);
        store.Write(db => db.Execute("UPDATE cron_runs SET outcome = @outcome, exit_code = @code, problem = @problem, ended_at = @now WHERE id = @id AND outcome = 'Running'",
            ("@id", run.Id), ("@outcome", outcome.ToString()), ("@code", exitCode), ("@problem", plain), ("@now", now.ToUnixTimeMilliseconds())));
    }

    public CronRun? Find(string id) => store.Read(db => db.Query($"SELECT {Columns} FROM cron_runs WHERE id = @id", Map, ("@id", id)).FirstOrDefault());

    /// <summary>Of all apps.</summary>
    public IReadOnlyList<CronRun> ListRunning() => store.Read(db => db.Query($"SELECT {Columns} FROM cron_runs WHERE outcome = 'Running' ORDER BY at", Map));

    /// <summary>Newest first.</summary>
    /// <param name="cron">Null: of all.</param>
    public IReadOnlyList<CronRun> List(string app, string? cron, int limit) => store.Read(db => db.Query(
        $"SELECT {Columns} FROM cron_runs WHERE app = @app AND (@cron IS NULL OR cron = @cron) ORDER BY at DESC, rowid DESC LIMIT @limit", Map, ("@app", app), ("@cron", cron), ("@limit", limit)));

    /// <summary>The last time of its schedule that was decided about; null: none yet.</summary>
    public DateTimeOffset? LastDue(string app, string cron) => store.Read(db => db.Number("SELECT max(due) FROM cron_runs WHERE app = @app AND cron = @cron", ("@app", app), ("@cron", cron))) is { } due
        ? DateTimeOffset.FromUnixTimeMilliseconds(due)
        : null;

    private static CronRun Map(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        App = row.GetString(1),
        Cron = row.GetString(2),
        Release = row.GetString(3),
        Due = row.TimeOrNull(4),
        At = row.Time(5),
        Deadline = row.Time(6),
        EndedAt = row.TimeOrNull(7),
        Outcome = Enum.Parse<CronOutcome>(row.GetString(8)),
        ExitCode = row.IsDBNull(9) ? null : row.GetInt32(9),
        Problem = row.TextOrNull(10),
    };
}
