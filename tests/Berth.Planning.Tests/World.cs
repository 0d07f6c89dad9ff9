using Berth.Model;

namespace Berth.Planning.Tests;

/// <summary>An app in a world without engine: carries out plans by changing what is seen, so that tests can follow a plan to its end.</summary>
internal sealed class World
{
    private readonly AppPlanner _planner = new(new PlanningOptions());
    private int _made;

    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public List<SandboxView> Sandboxes { get; } = [];

    public Dictionary<string, CrashRecord> Crashes { get; } = [];

    /// <summary>Most sandboxes of one service that ran at the same time, by service.</summary>
    public Dictionary<string, int> Peak { get; } = [];

    public static PoolSpec Web(string id, int desired = 1) => new()
    {
        Id = id,
        Service = "web",
        Desired = desired,
        Overlaps = true,
        Routable = true,
        HasReadinessProbe = true,
        StartupTimeout = TimeSpan.FromSeconds(60),
        HasOwnImage = false,
    };

    public static PoolSpec Worker(string id, int desired = 1) => Web(id, desired) with { Service = "worker", Overlaps = false, Routable = false, HasReadinessProbe = false };

    public static AppSpec App(IReadOnlyList<PoolSpec> active, IReadOnlyList<PoolSpec>? target = null) => new() { App = "demo", Active = active, Target = target };

    public AppPlan Plan(AppSpec app) => _planner.Plan(app, new AppStatus { Sandboxes = Sandboxes, Crashes = Crashes }, Now);

    public SandboxView Add(PoolSpec pool, bool ready = true, SandboxState state = SandboxState.Running, bool routed = false, int inFlight = 0, DateTimeOffset? createdAt = null)
    {
        var made = new SandboxView
        {
            Id = $"s{++_made}",
            PoolId = pool.Id,
            Service = pool.Service,
            State = state,
            CreatedAt = createdAt ?? Now.AddMinutes(-5),
            StartedAt = ready ? createdAt ?? Now.AddMinutes(-5) : Now,
            Answered = ready,
            Routed = routed,
            InFlight = inFlight,
        };
        Sandboxes.Add(made);
        return made;
    }

    /// <summary>Plans and carries out until nothing is left to do; everything that starts becomes ready. Returns the last plan.</summary>
    public AppPlan Settle(AppSpec app, int limit = 50)
    {
        for (int round = 0; round < limit; round++)
        {
            var plan = Plan(app);
            CarryOut(app, plan);
            if (plan.Steps.Count == 0 && plan.Draining.Count == 0 && plan.Verdict is not DeploymentVerdict.Starting)
                return plan;
            Now = Now.AddSeconds(2);
        }
        throw new InvalidOperationException($"no end after {limit} rounds");
    }

    public void CarryOut(AppSpec app, AppPlan plan)
    {
        for (int i = 0; i < Sandboxes.Count; i++)
            Sandboxes[i] = Sandboxes[i] with { Routed = plan.Routed.Contains(Sandboxes[i].Id), Answered = true, InFlight = 0 };
        foreach (var step in plan.Steps)
        {
            if (step is StartStep start)
            {
                var pool = app.Active.Concat(app.Target ?? []).First(p => p.Id == start.PoolId);
                for (int i = 0; i < start.Count; i++)
                    Add(pool, ready: false, createdAt: Now);
            }
            else if (step is StopStep stop)
            {
                Sandboxes.RemoveAll(s => s.Id == stop.SandboxId);
            }
            else if (step is FreezeStep or ThawStep)
            {
                var at = Sandboxes.FindIndex(s => s.Id == (step as FreezeStep)?.SandboxId || s.Id == (step as ThawStep)?.SandboxId);
                Sandboxes[at] = Sandboxes[at] with { State = step is FreezeStep ? SandboxState.Frozen : SandboxState.Running };
            }
            else if (step is CollectStep collect)
            {
                Sandboxes.RemoveAll(s => s.Id == collect.SandboxId);
            }
        }
        foreach (var service in Sandboxes.GroupBy(s => s.Service))
            Peak[service.Key] = Math.Max(Peak.GetValueOrDefault(service.Key), service.Count(s => s.State == SandboxState.Running));
    }
}
