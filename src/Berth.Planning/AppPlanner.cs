using Berth.Model;

namespace Berth.Planning;

/// <summary>
/// Decides, from what is wanted and what is seen, the next steps for one app. Pure: the same input gives the same plan, and carrying
/// out a part of a plan and asking again leads to the same end.
/// <para>While a deployment is under way it works in stages, each of which waits for the one before:
/// 1. start the target's overlapping services, and those that the active release does not run, beside the old ones;
/// 2. once they are ready, replace the others: old ones stop, then new ones start;
/// 3. once these are ready too, say <see cref="DeploymentVerdict.Switch"/> and route to the target.
/// As long as it is the target, the active release's sandboxes stay: the requests go back to them when the target cannot answer. When it has become the
/// active release, the old one's sandboxes belong to no wanted pool any more and are drained and stopped. When a
/// deployment is given up the same rule removes the new ones and starts what was stopped.</para>
/// </summary>
public sealed class AppPlanner(PlanningOptions options)
{
    public AppPlan Plan(AppSpec wanted, AppStatus seen, DateTimeOffset now)
    {
        var draft = new PlanDraft(options, seen, now);
        var stage = Stage(wanted, draft);
        IReadOnlyList<PoolSpec> running = [.. stage.Running.UnionBy(wanted.Beside, p => p.Id)];
        foreach (var pool in running)
            PlanPool(pool, draft);
        EndLeftovers(running, draft);

        var verdict = Judge(wanted, stage, draft);
        var serving = verdict is DeploymentVerdict.Switch ? wanted.Target! : wanted.Active;
        var routed = serving.Where(p => p.Routable).SelectMany(draft.Serving).Select(s => s.Id).ToList();
        return draft.ToPlan(routed, wanted.Beside, verdict, running.All(draft.IsComplete));
    }

    /// <param name="Running">Pools that should have their sandboxes now.</param>
    /// <param name="Last">No stage is left after this one.</param>
    private sealed record StagePlan(IReadOnlyList<PoolSpec> Running, bool Last);

    private static StagePlan Stage(AppSpec wanted, PlanDraft draft)
    {
        if (wanted.Target is null)
            return new(wanted.Active, Last: true);

        var late = wanted.Target.Where(p => MustWait(p, wanted.Active)).ToList();
        var early = wanted.Target.Except(late).ToList();
        // Once begun, the replacement goes on even if an early one fails now: turning back and forth would stop the
        // old and the new worker by turns. If it stays broken, the verdict ends the deployment.
        var begun = late.Any(p => draft.Of(p).Any());
        if (late.Count == 0 || (!begun && !early.All(draft.IsComplete)))
            return new([.. wanted.Active.UnionBy(early, p => p.Id)], Last: late.Count == 0);

        var replaced = late.Select(p => p.Service).ToHashSet();
        var kept = wanted.Active.Where(p => !replaced.Contains(p.Service));
        return new([.. kept.UnionBy(wanted.Target, p => p.Id)], Last: true);
    }

    private static bool MustWait(PoolSpec target, IReadOnlyList<PoolSpec> active) =>
        !target.Overlaps && active.Any(p => p.Service == target.Service && p.Id != target.Id && p.Desired > 0);

    private void PlanPool(PoolSpec pool, PlanDraft draft)
    {
        var crashed = false;
        foreach (var dead in draft.Of(pool).Where(s => !s.Ending && s.State is SandboxState.Exited or SandboxState.Created))
        {
            var isCrash = dead.State == SandboxState.Exited && !pool.Outdates(dead);
            draft.Collect(dead, isCrash);
            crashed |= isCrash;
        }

        var fresh = draft.Alive(pool).Where(s => !pool.Outdates(s)).ToList();
        var outdated = draft.Alive(pool).Where(pool.Outdates).ToList();

        var awake = fresh.Where(s => s.State == SandboxState.Running).ToList();
        var frozen = PlanFrozen(pool, [.. fresh.Where(s => s.State == SandboxState.Frozen)], wanted: Math.Max(0, pool.Desired - awake.Count), draft);
        PlanSurplus(pool, awake, room: pool.Standby - frozen, draft);

        if (!pool.Overlaps || draft.IsComplete(pool))
            outdated.ForEach(draft.End);

        // Without overlap one that is on its way out still counts: a clock never runs twice.
        var leaving = pool.Overlaps ? 0 : draft.Of(pool).Count(s => s is { Ending: true, State: not SandboxState.Exited });
        var missing = pool.Desired - awake.Count - Math.Min(frozen, Math.Max(0, pool.Desired - awake.Count)) - leaving;
        // A crash that is only noted by this plan is not in the back-off yet: the next look starts by it.
        if (missing > 0 && !crashed && (pool.Overlaps || !OthersRun(pool, fresh, draft)))
            Start(pool, draft, missing, starting: awake.Count(s => !draft.IsReady(pool, s)));
    }

    /// <summary>Thaws what is wanted, oldest first, and stops those that were frozen for long or are too many. Returns how many are left, thawed ones included.</summary>
    private static int PlanFrozen(PoolSpec pool, List<SandboxView> frozen, int wanted, PlanDraft draft)
    {
        var sleepers = frozen.OrderByDescending(s => s.FrozenSince).ThenBy(s => s.Id, StringComparer.Ordinal).ToList();
        var thawed = Math.Min(wanted, sleepers.Count);
        sleepers.Take(thawed).ToList().ForEach(draft.Thaw);
        var kept = thawed;
        foreach (var sleeper in sleepers.Skip(thawed))
        {
            var limit = sleeper.FrozenSince + pool.StandbyDelay;
            if (kept >= pool.Standby || limit <= draft.Now)
            {
                draft.End(sleeper);
                continue;
            }
            kept++;
            if (limit is { } at)
                draft.LookAgain(at);
        }
        return kept;
    }

    /// <summary>Those that are not ready yet go before all others, then those with the least to do, then the youngest.</summary>
    /// <param name="room">So many of them are frozen instead of being stopped.</param>
    private void PlanSurplus(PoolSpec pool, List<SandboxView> awake, int room, PlanDraft draft)
    {
        var surplus = awake.OrderBy(s => draft.IsReady(pool, s)).ThenBy(s => pool.Auto ? s.InFlight : 0).ThenByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id, StringComparer.Ordinal)
            .Take(Math.Max(0, awake.Count - pool.Desired));
        foreach (var sandbox in surplus.ToList())
        {
            // Nobody is in a hurry to have fewer: a request is never cut off for that.
            if (pool.Auto && (sandbox.InFlight > 0 || sandbox.Held))
            {
                draft.LookAgain(draft.Now + options.BusyRecheck);
                continue;
            }
            if (draft.IsReady(pool, sandbox) && room-- > 0)
                draft.Freeze(sandbox);
            else
                draft.End(sandbox);
        }
    }

    /// <summary>Does another sandbox of the service still run, of another release or outdated? Also one whose stop is under way.</summary>
    private static bool OthersRun(PoolSpec pool, List<SandboxView> fresh, PlanDraft draft) =>
        draft.Seen.Any(s => s.Service == pool.Service && s.State != SandboxState.Exited && !fresh.Contains(s) && (s.PoolId != pool.Id || pool.Outdates(s)));

    private void Start(PoolSpec pool, PlanDraft draft, int missing, int starting)
    {
        var notBefore = draft.CrashOf(pool)?.NextTryAt;
        if (notBefore > draft.Now)
        {
            draft.LookAgain(notBefore.Value);
            return;
        }
        var count = Math.Min(missing, options.StartsAtOnce - starting);
        if (count > 0)
            draft.Start(pool, count);
    }

    /// <summary>Sandboxes of no running pool: the old release's, or an abandoned target's.</summary>
    private static void EndLeftovers(IReadOnlyList<PoolSpec> running, PlanDraft draft)
    {
        var wanted = running.Select(p => p.Id).ToHashSet();
        foreach (var sandbox in draft.Seen.Where(s => !wanted.Contains(s.PoolId) && !s.Ending))
        {
            if (sandbox.State is SandboxState.Exited or SandboxState.Created)
                draft.Collect(sandbox, crashed: false);
            else
                draft.End(sandbox);
        }
    }

    private DeploymentVerdict Judge(AppSpec wanted, StagePlan stage, PlanDraft draft)
    {
        if (wanted.Target is null)
            return new DeploymentVerdict.None();
        if (wanted.Target.Where(stage.Running.Contains).Select(p => Failure(p, wanted.TargetSince, draft)).FirstOrDefault(f => f is not null) is { } failure)
            return failure;
        if (stage.Last && wanted.Target.All(p => wanted.TargetServes ? CanServe(p, draft) : draft.IsComplete(p)))
            return new DeploymentVerdict.Switch();
        return new DeploymentVerdict.Starting(
            Ready: wanted.Target.Sum(p => Math.Min(p.Desired, draft.Serving(p).Count())),
            Wanted: wanted.Target.Sum(p => p.Desired));
    }

    private static bool CanServe(PoolSpec pool, PlanDraft draft) => !pool.Routable || pool.Desired == 0 || draft.Serving(pool).Any();

    private DeploymentVerdict.Fail? Failure(PoolSpec pool, DateTimeOffset since, PlanDraft draft)
    {
        var crash = draft.CrashOf(pool);
        if (crash is not null && crash.LastAt >= since && crash.Count >= options.CrashesToFail)
            return new(pool.Service, crash.Sandbox, $"service {pool.Service} ended {crash.Count} times in a row");

        foreach (var waiting in draft.Awake(pool).Where(s => !draft.IsReady(pool, s)))
        {
            var limit = (waiting.CreatedAt > since ? waiting.CreatedAt : since) + pool.StartupTimeout;
            if (limit <= draft.Now)
                return new(pool.Service, waiting.Id, $"service {pool.Service} was not ready within {pool.StartupTimeout.TotalSeconds:0} s");
            draft.LookAgain(limit);
        }
        return null;
    }
}
