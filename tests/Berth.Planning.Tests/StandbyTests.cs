using Berth.Model;
using static Berth.Planning.Tests.World;

namespace Berth.Planning.Tests;

/// <summary>Asleep in two steps: frozen first, stopped later; awake again at the first request.</summary>
public sealed class StandbyTests
{
    private readonly World _world = new();

    private static PoolSpec Auto(int desired, int standby = 1) => Web("p1", desired) with { Auto = true, Standby = standby, StandbyDelay = TimeSpan.FromHours(1) };

    [Fact]
    public void The_first_idle_sandbox_is_frozen_and_the_others_are_stopped()
    {
        var (old, young) = (_world.Add(Auto(0)), _world.Add(Auto(0), createdAt: _world.Now.AddMinutes(-1)));

        var plan = _world.Plan(App([Auto(0)]));

        Assert.Equal([new FreezeStep(young.Id), new StopStep(old.Id)], plan.Steps);
        Assert.Empty(plan.Routed);
    }

    [Fact]
    public void It_is_frozen_only_once_the_router_has_let_go_of_it()
    {
        var sandbox = _world.Add(Auto(0), routed: true);

        var plan = _world.Plan(App([Auto(0)]));

        Assert.Empty(plan.Steps);
        Assert.Equal([sandbox.Id], plan.Draining);
    }

    [Fact]
    public void One_with_a_request_or_somebody_inside_is_left_alone()
    {
        _world.Add(Auto(0), inFlight: 1);
        _world.Sandboxes.Add(_world.Add(Auto(0)) with { Id = "held", Held = true });
        _world.Sandboxes.RemoveAt(1);

        var plan = _world.Plan(App([Auto(0)]));

        Assert.Empty(plan.Steps);
        Assert.Equal(2, plan.Routed.Count);
        Assert.NotNull(plan.LookAgainAt);
    }

    [Fact]
    public void A_sleeper_is_thawed_before_anything_is_started_and_the_rest_starts_beside_it()
    {
        var sleeper = _world.Add(Auto(3), state: SandboxState.Frozen);

        var plan = _world.Plan(App([Auto(3)]));

        Assert.Equal([new ThawStep(sleeper.Id), new StartStep("p1", 2)], plan.Steps);
        Assert.Empty(plan.Routed);
    }

    [Fact]
    public void A_sleeper_that_nobody_needs_stays_as_it_is_until_its_time_is_over()
    {
        var sleeper = _world.Add(Auto(0), state: SandboxState.Frozen) with { FrozenSince = _world.Now };
        _world.Sandboxes[0] = sleeper;

        var resting = _world.Plan(App([Auto(0)]));
        _world.Now = _world.Now.AddHours(1);

        Assert.Empty(resting.Steps);
        Assert.True(resting.Settled);
        Assert.Equal(_world.Now, resting.LookAgainAt);
        Assert.Equal([new StopStep(sleeper.Id)], _world.Plan(App([Auto(0)])).Steps);
    }

    [Fact]
    public void A_sleeper_is_no_part_of_what_must_be_ready()
    {
        _world.Add(Auto(1), state: SandboxState.Frozen, ready: false);

        Assert.False(_world.Plan(App([Auto(1)])).Settled);
        Assert.IsNotType<DeploymentVerdict.Fail>(_world.Plan(App([], [Auto(1)])).Verdict);
    }

    [Fact]
    public void Sleepers_of_the_release_before_are_stopped_after_the_switch()
    {
        var sleeper = _world.Add(Auto(0), state: SandboxState.Frozen);

        Assert.Equal([new StopStep(sleeper.Id)], _world.Plan(App([Auto(0) with { Id = "p2" }])).Steps);
    }

    [Fact]
    public void With_a_fixed_count_set_by_a_person_sleepers_are_thawed_or_stopped()
    {
        var (first, second) = (_world.Add(Auto(1), state: SandboxState.Frozen), _world.Add(Auto(1), state: SandboxState.Frozen));

        Assert.Equal([new ThawStep(first.Id), new StopStep(second.Id)], _world.Plan(App([Web("p1", 1)])).Steps);
    }
}
