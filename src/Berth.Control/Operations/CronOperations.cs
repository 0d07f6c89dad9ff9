using Berth.Control.Crons;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>A cron with when it runs next and how it went last.</summary>
/// <param name="Last">Null: it has not run yet.</param>
public sealed record CronStatus(CronDefinition Cron, DateTimeOffset? NextAt, CronRun? Last);

/// <summary>What a person does with crons.</summary>
public sealed class CronOperations
{
    private readonly Stores _stores;
    private readonly CronRunner _runner;
    private readonly TimeProvider _time;

    internal CronOperations(Stores stores, CronRunner runner, TimeProvider time) => (_stores, _runner, _time) = (stores, runner, time);

    /// <summary>Those of the active release; none without one.</summary>
    public IReadOnlyList<CronStatus> List(AppRecord app)
    {
        var now = _time.GetUtcNow();
        return [.. (Release(app)?.Crons ?? []).Select(cron => new CronStatus(cron, CronClock.Of(cron, now)?.NextAt, _stores.Crons.List(app.Name, cron.Name, 1).FirstOrDefault()))];
    }

    /// <summary>Begins one now.</summary>
    public async Task<Outcome<CronRun>> RunAsync(AppRecord app, string name, CancellationToken ct)
    {
        if (Release(app) is not { } release)
            return OperationErrors.NoRelease(app.Name);
        if (release.Crons.FirstOrDefault(c => c.Name == name) is not { } cron)
            return OperationErrors.CronNotFound(app.Name, name);
        return await _runner.BeginAsync(app, release, cron, ct) is { } run ? run : OperationErrors.CronRuns(name);
    }

    private Release? Release(AppRecord app) => app.ActiveRelease is { } id ? _stores.Releases.Find(id) : null;
}
