using Berth.Model;

namespace Berth.Planning;

/// <summary>A plan in the making: what is seen, and the steps noted so far. Lives for one call of the planner.</summary>
internal sealed class PlanDraft(PlanningOptions options, AppStatus seen, DateTimeOffset now)
{
    private readonly List<PlanStep> _steps = [];
    private readonly List<(bool OwnImage, StartStep Step)> _starts = [];
    private readonly List<string> _draining = [];
    private readonly HashSet<string> _leaving = [];
    private DateTimeOffset? _lookAgainAt;

    public DateTimeOffset Now => now;

    public IReadOnlyList<SandboxView> Seen => seen.Sandboxes;

    public IEnumerable<SandboxView> Of(PoolSpec pool) => seen.Sandboxes.Where(s => s.PoolId == pool.Id);

    /// <summary>Those that run and are not about to end.</summary>
    public List<SandboxView> Alive(PoolSpec pool) => [.. Of(pool).Where(s => !s.Ending && s.State is SandboxState.Running or SandboxState.Frozen)];

    /// <summary>Those that run, frozen ones aside.</summary>
    public IEnumerable<SandboxView> Awake(PoolSpec pool) => Alive(pool).Where(s => s.State == SandboxState.Running);

    /// <summary>Ready sandboxes that nothing in this plan takes away.</summary>
    public IEnumerable<SandboxView> Serving(PoolSpec pool) => Awake(pool).Where(s => IsReady(pool, s) && !_leaving.Contains(s.Id));

    /// <summary>The pool has what it should have, all of it ready and none of it outdated.</summary>
    public bool IsComplete(PoolSpec pool) => Awake(pool).Count(s => IsReady(pool, s) && !pool.Outdates(s)) >= pool.Desired;

    public bool IsReady(PoolSpec pool, SandboxView sandbox)
    {
        if (pool.HasReadinessProbe)
            return sandbox.Answered;
        var settled = sandbox.StartedAt + options.SettleTime;
        if (settled > now)
            LookAgain(settled.Value);
        return settled <= now;
    }

    public CrashRecord? CrashOf(PoolSpec pool) => seen.Crashes.GetValueOrDefault(pool.Id);

    public void Start(PoolSpec pool, int count) => _starts.Add((pool.HasOwnImage, new StartStep(pool.Id, count)));

    public void Collect(SandboxView sandbox, bool crashed) => _steps.Add(new CollectStep(sandbox.Id, crashed));

    /// <summary>Takes a sandbox out: away from the router first, stopped once its requests are done or the drain timeout is over.</summary>
    public void End(SandboxView sandbox)
    {
        _leaving.Add(sandbox.Id);
        var limit = (sandbox.DrainingSince ?? now) + options.DrainTimeout;
        if (sandbox.Routed || (sandbox.InFlight > 0 && limit > now))
        {
            _draining.Add(sandbox.Id);
            // Past the limit it is only the router that is waited for, which tells of itself.
            if (limit > now)
                LookAgain(limit);
            return;
        }
        _steps.Add(new StopStep(sandbox.Id));
    }

    /// <summary>Takes an idle sandbox away from the router and freezes it once that has let go.</summary>
    public void Freeze(SandboxView sandbox)
    {
        _leaving.Add(sandbox.Id);
        if (sandbox.Routed || sandbox.InFlight > 0)
            _draining.Add(sandbox.Id);
        else
            _steps.Add(new FreezeStep(sandbox.Id));
    }

    public void Thaw(SandboxView sandbox) => _steps.Add(new ThawStep(sandbox.Id));

    public void LookAgain(DateTimeOffset at)
    {
        if (_lookAgainAt is null || at < _lookAgainAt)
            _lookAgainAt = at;
    }

    /// <param name="complete">Every pool has what it should have.</param>
    public AppPlan ToPlan(IReadOnlyList<string> routed, IReadOnlyList<PoolSpec> beside, DeploymentVerdict verdict, bool complete) => new()
    {
        Steps = [.. _steps, .. _starts.OrderByDescending(s => s.OwnImage).Select(s => s.Step)],
        Routed = routed,
        RoutedBeside = beside.ToDictionary(p => p.Id, p => (IReadOnlyList<string>)[.. Serving(p).Select(s => s.Id)], StringComparer.Ordinal),
        Draining = _draining,
        Verdict = verdict,
        Settled = complete && verdict is DeploymentVerdict.None && _steps.Count == 0 && _starts.Count == 0 && _draining.Count == 0 && !seen.Sandboxes.Any(s => s.Ending),
        LookAgainAt = _lookAgainAt,
    };
}
