using Berth.Control.Secrets;
using Berth.Model;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>Deployments as they stand; what they printed is in <see cref="Deployments.DeploymentLog"/>.</summary>
public sealed class DeploymentStore(StateStore store, Redaction redaction)
{
    private const string Columns = "id, app, release, phase, outcome, error, description, started_at, ended_at, watch";

    public Deployment? Find(string id) => store.Read(db => db.Query($"SELECT {Columns} FROM deployments WHERE id = @id", Map, ("@id", id)).FirstOrDefault());

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Deployment> List(string app, int limit) =>
        store.Read(db => db.Query($"SELECT {Columns} FROM deployments WHERE app = @app ORDER BY id DESC LIMIT @limit", Map, ("@app", app), ("@limit", limit)));

    /// <summary>The app's last deployment, if that failed.</summary>
    public Deployment? LastFailure(string app) => List(app, limit: 1) is [{ Outcome: DeploymentOutcome.Failed } last] ? last : null;

    /// <summary>All that are under way, oldest first.</summary>
    public IReadOnlyList<Deployment> ListRunning() =>
        store.Read(db => db.Query($"SELECT {Columns} FROM deployments WHERE outcome = 'Running' ORDER BY id", Map));

    /// <summary>When the release was last made active; null if never.</summary>
    public DateTimeOffset? DeployedAt(string release) => store.Read(db =>
        db.Number("SELECT max(coalesce(ended_at, started_at)) FROM deployments WHERE release = @release AND outcome = 'Succeeded'", ("@release", release))) is { } at
        ? DateTimeOffset.FromUnixTimeMilliseconds(at)
        : null;

    public void Add(Deployment deployment) => store.Write(db => db.Execute(
        $"INSERT INTO deployments ({Columns}) VALUES (@id, @app, @release, @phase, @outcome, @error, @description, @startedAt, NULL, @watch)",
        ("@id", deployment.Id), ("@app", deployment.App), ("@release", deployment.ReleaseId), ("@phase", deployment.Phase.ToString()), ("@outcome", deployment.Outcome.ToString()),
        ("@error", deployment.Error), ("@description", deployment.Description), ("@startedAt", deployment.StartedAt.ToUnixTimeMilliseconds()),
        ("@watch", (long)deployment.Watch.TotalMilliseconds)));

    /// <summary>Moves a running deployment on. Phases never go back.</summary>
    public void SetPhase(string id, DeploymentPhase phase) =>
        store.Write(db => db.Execute("UPDATE deployments SET phase = @phase WHERE id = @id AND outcome = 'Running'", ("@id", id), ("@phase", phase.ToString())));

    /// <summary>Ends a deployment, and with it its hold on the app: a target that was not switched to is given up.</summary>
    public void End(string id, DeploymentOutcome outcome, string? error, DateTimeOffset now)
    {
        if (error is not null && Find(id) is { App: var app })
            error = redaction.Apply(app, error);
        store.Write(db => End(db, id, outcome, error, now));
    }

    /// <summary>Ends a deployment whose release is not the active one yet as cancelled, and with it its hold on the app. False, and nothing done, if it is.</summary>
    public bool TryCancel(string id, string why, DateTimeOffset now) => store.Write(db =>
    {
        if (db.Execute("UPDATE deployments SET outcome = 'Cancelled', error = @why, ended_at = @at WHERE id = @id AND outcome = 'Running' AND phase NOT IN ('Drain', 'Done')",
            ("@id", id), ("@why", why), ("@at", now.ToUnixTimeMilliseconds())) == 0)
        {
            return false;
        }
        db.Execute("UPDATE apps SET target_deployment = NULL WHERE target_deployment = @id", ("@id", id));
        return true;
    });

    /// <summary>Forgets all but the newest <paramref name="keep"/> deployments of an app, those under way, and those of <paramref name="releases"/>; returns the ids that went.</summary>
    public IReadOnlyList<string> Prune(string app, int keep, IReadOnlySet<string> releases) => store.Write(db =>
    {
        var old = db.Query($"SELECT {Columns} FROM deployments WHERE app = @app ORDER BY id DESC LIMIT -1 OFFSET @keep", Map, ("@app", app), ("@keep", keep))
            .Where(d => d.Outcome != DeploymentOutcome.Running && (d.ReleaseId is null || !releases.Contains(d.ReleaseId))).Select(d => d.Id).ToList();
        foreach (var id in old)
            db.Execute("DELETE FROM deployments WHERE id = @id", ("@id", id));
        return old;
    });

    private static void End(SqliteConnection db, string id, DeploymentOutcome outcome, string? error, DateTimeOffset now)
    {
        var phase = outcome == DeploymentOutcome.Succeeded ? nameof(DeploymentPhase.Done) : null;
        db.Execute("UPDATE deployments SET outcome = @outcome, error = @error, ended_at = @at, phase = coalesce(@phase, phase) WHERE id = @id AND outcome = 'Running'",
            ("@id", id), ("@outcome", outcome.ToString()), ("@error", error), ("@at", now.ToUnixTimeMilliseconds()), ("@phase", phase));
        db.Execute("UPDATE apps SET target_deployment = NULL WHERE target_deployment = @id", ("@id", id));
    }

    private static Deployment Map(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        App = row.GetString(1),
        ReleaseId = row.TextOrNull(2),
        Phase = Enum.Parse<DeploymentPhase>(row.GetString(3)),
        Outcome = Enum.Parse<DeploymentOutcome>(row.GetString(4)),
        Error = row.TextOrNull(5),
        Description = row.GetString(6),
        StartedAt = row.Time(7),
        EndedAt = row.TimeOrNull(8),
        Watch = TimeSpan.FromMilliseconds(row.GetInt64(9)),
    };
}
