using Berth.Model;
using Dapper;

namespace Berth.Control.Store;

/// <summary>Deployments as they stand; what they printed is in <see cref="Deployments.DeploymentLog"/>.</summary>
public sealed class DeploymentStore(StateStore store)
{
    private const string Columns = "id, app, release, phase, outcome, error, description, started_at, ended_at";

    public Deployment? Find(string id) => store.Read(db => db.QueryFirstOrDefault<Row>($"SELECT {Columns} FROM deployments WHERE id = @id", new { id })?.ToDeployment());

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Deployment> List(string app, int limit) =>
        store.Read(db => db.Query<Row>($"SELECT {Columns} FROM deployments WHERE app = @app ORDER BY id DESC LIMIT @limit", new { app, limit }).Select(r => r.ToDeployment()).ToList());

    /// <summary>All that are under way, oldest first.</summary>
    public IReadOnlyList<Deployment> ListRunning() =>
        store.Read(db => db.Query<Row>($"SELECT {Columns} FROM deployments WHERE outcome = 'Running' ORDER BY id").Select(r => r.ToDeployment()).ToList());

    /// <summary>When the release was last made active; null if never.</summary>
    public DateTimeOffset? DeployedAt(string release) => store.Read(db =>
        db.ExecuteScalar<long?>("SELECT max(coalesce(ended_at, started_at)) FROM deployments WHERE release = @release AND outcome = 'Succeeded'", new { release })) is { } at
        ? DateTimeOffset.FromUnixTimeMilliseconds(at)
        : null;

    public void Add(Deployment deployment) => store.Write(db => db.Execute(
        $"INSERT INTO deployments ({Columns}) VALUES (@Id, @App, @ReleaseId, @phase, @outcome, @Error, @Description, @startedAt, NULL)",
        new
        {
            deployment.Id,
            deployment.App,
            deployment.ReleaseId,
            deployment.Error,
            deployment.Description,
            phase = deployment.Phase.ToString(),
            outcome = deployment.Outcome.ToString(),
            startedAt = deployment.StartedAt.ToUnixTimeMilliseconds(),
        }));

    /// <summary>Moves a running deployment on. Phases never go back.</summary>
    public void SetPhase(string id, DeploymentPhase phase) =>
        store.Write(db => db.Execute("UPDATE deployments SET phase = @phase WHERE id = @id AND outcome = 'Running'", new { id, phase = phase.ToString() }));

    /// <summary>Ends a deployment, and with it its hold on the app: a target that was not switched to is given up.</summary>
    public void End(string id, DeploymentOutcome outcome, string? error, DateTimeOffset now) => store.Write(db =>
    {
        var phase = outcome == DeploymentOutcome.Succeeded ? nameof(DeploymentPhase.Done) : null;
        db.Execute("UPDATE deployments SET outcome = @outcome, error = @error, ended_at = @at, phase = coalesce(@phase, phase) WHERE id = @id AND outcome = 'Running'",
            new { id, outcome = outcome.ToString(), error, at = now.ToUnixTimeMilliseconds(), phase });
        db.Execute("UPDATE apps SET target_deployment = NULL WHERE target_deployment = @id", new { id });
    });

    /// <summary>Ends a deployment that has not switched yet as cancelled, and with it its hold on the app. False, and nothing done, if it has.</summary>
    public bool TryCancel(string id, string why, DateTimeOffset now) => store.Write(db =>
    {
        if (db.Execute("UPDATE deployments SET outcome = 'Cancelled', error = @why, ended_at = @at WHERE id = @id AND outcome = 'Running' AND phase NOT IN ('Switch', 'Drain', 'Done')",
            new { id, why, at = now.ToUnixTimeMilliseconds() }) == 0)
        {
            return false;
        }
        db.Execute("UPDATE apps SET target_deployment = NULL WHERE target_deployment = @id", new { id });
        return true;
    });

    private sealed class Row
    {
        public string id { get; set; } = "";
        public string app { get; set; } = "";
        public string? release { get; set; }
        public string phase { get; set; } = "";
        public string outcome { get; set; } = "";
        public string? error { get; set; }
        public string description { get; set; } = "";
        public long started_at { get; set; }
        public long? ended_at { get; set; }

        public Deployment ToDeployment() => new()
        {
            Id = id,
            App = app,
            ReleaseId = release,
            Phase = Enum.Parse<DeploymentPhase>(phase),
            Outcome = Enum.Parse<DeploymentOutcome>(outcome),
            Error = error,
            Description = description,
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(started_at),
            EndedAt = ended_at is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
        };
    }
}
