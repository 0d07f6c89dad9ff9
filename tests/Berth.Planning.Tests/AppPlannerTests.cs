using Berth.Model;
using static Berth.Planning.Tests.World;

namespace Berth.Planning.Tests;

public sealed class AppPlannerTests
{
    private readonly World _world = new();

    [Theory]
    [InlineData(0, 3, 3)]
    [InlineData(1, 3, 2)]
    [InlineData(3, 3, 0)]
    public void Only_what_is_missing_is_started(int exist, int wanted, int started)
    {
        var web = Web("p1", wanted);
        for (int i = 0; i < exist; i++)
            _world.Add(web);

        var plan = _world.Plan(App([web]));

        Assert.Equal(started, plan.Steps.OfType<StartStep>().Sum(s => s.Count));
        Assert.Empty(plan.Steps.OfType<StopStep>());
    }

    [Fact]
    public void Scaling_down_stops_the_surplus_and_first_those_that_are_not_ready()
    {
        var web = Web("p1", 1);
        var old = _world.Add(web);
        var unready = _world.Add(web, ready: false);

        var plan = _world.Plan(App([web]));

        Assert.Equal([new StopStep(unready.Id)], plan.Steps);
        Assert.Equal([old.Id], plan.Routed);
    }

    [Fact]
    public void A_release_beside_the_active_one_is_run_and_routed_apart_whatever_a_deployment_does()
    {
        var (active, target, beside) = (Web("p1"), Web("p2"), Web("p3", 2));
        var first = _world.Add(active);
        Assert.Equal([new StartStep("p3", 2)], _world.Plan(App([active]) with { Beside = [beside] }).Steps);
        var (one, two) = (_world.Add(beside), _world.Add(beside));

        var plan = _world.Plan(App([active], [target]) with { Beside = [beside] });

        Assert.Equal([new StartStep("p2", 1)], plan.Steps);
        Assert.Equal([first.Id], plan.Routed);
        Assert.Equal([one.Id, two.Id], plan.RoutedBeside["p3"]);
        var ended = _world.Plan(App([active]));
        Assert.Equal([new StopStep(one.Id), new StopStep(two.Id)], ended.Steps);
        Assert.Empty(ended.RoutedBeside);
    }

    [Fact]
    public void A_sandbox_that_the_router_may_still_use_is_taken_from_it_before_it_stops()
    {
        var web = Web("p1", 1);
        _world.Add(web);
        var young = _world.Add(web, routed: true, createdAt: _world.Now.AddMinutes(-1));

        var plan = _world.Plan(App([web]));

        Assert.Empty(plan.Steps);
        Assert.Equal([young.Id], plan.Draining);
        Assert.DoesNotContain(young.Id, plan.Routed);
    }

    [Fact]
    public void Requests_in_flight_hold_a_stop_back_until_the_drain_timeout()
    {
        var web = Web("p1", 0);
        var busy = _world.Add(web, inFlight: 2);
        _world.Sandboxes[0] = busy with { DrainingSince = _world.Now };

        Assert.Empty(_world.Plan(App([web])).Steps);

        _world.Now = _world.Now.AddSeconds(31);
        Assert.Equal([new StopStep(busy.Id)], _world.Plan(App([web])).Steps);
    }

    [Fact]
    public void A_deployment_starts_web_beside_the_old_one_and_leaves_the_worker_alone_until_it_is_ready()
    {
        var (web1, worker1, web2, worker2) = (Web("web1"), Worker("worker1"), Web("web2"), Worker("worker2"));
        var old = _world.Add(web1, routed: true);
        _world.Add(worker1);

        var plan = _world.Plan(App([web1, worker1], [web2, worker2]));

        Assert.Equal([new StartStep("web2", 1)], plan.Steps);
        Assert.Equal([old.Id], plan.Routed);
        Assert.IsType<DeploymentVerdict.Starting>(plan.Verdict);
    }

    [Fact]
    public void A_worker_is_stopped_before_the_new_one_starts()
    {
        var (web1, worker1, web2, worker2) = (Web("web1"), Worker("worker1"), Web("web2"), Worker("worker2"));
        _world.Add(web1, routed: true);
        var oldWorker = _world.Add(worker1);
        _world.Add(web2);
        var app = App([web1, worker1], [web2, worker2]);

        Assert.Equal([new StopStep(oldWorker.Id)], _world.Plan(app).Steps);

        _world.Sandboxes[1] = oldWorker with { Ending = true };
        Assert.Empty(_world.Plan(app).Steps);

        _world.Sandboxes.RemoveAt(1);
        Assert.Equal([new StartStep("worker2", 1)], _world.Plan(app).Steps);
    }

    [Fact]
    public void A_deployment_followed_to_its_end_switches_once_and_never_runs_two_workers()
    {
        var (web1, worker1, web2, worker2) = (Web("web1", 2), Worker("worker1"), Web("web2", 2), Worker("worker2"));
        _world.Settle(App([web1, worker1]));

        var end = _world.Settle(App([web1, worker1], [web2, worker2]));
        Assert.IsType<DeploymentVerdict.Switch>(end.Verdict);

        _world.Settle(App([web2, worker2]));
        Assert.Equal(["web2", "web2", "worker2"], _world.Sandboxes.Select(s => s.PoolId).Order());
        Assert.Equal(1, _world.Peak["worker"]);
    }

    [Fact]
    public void Giving_a_deployment_up_brings_the_old_worker_back_and_removes_the_new_sandboxes()
    {
        var (web1, worker1, web2, worker2) = (Web("web1"), Worker("worker1"), Web("web2"), Worker("worker2"));
        _world.Add(web1, routed: true);
        _world.Add(web2);
        _world.Add(worker2);

        _world.Settle(App([web1, worker1]));

        Assert.Equal(["web1", "worker1"], _world.Sandboxes.Select(s => s.PoolId).Order());
        Assert.Equal(1, _world.Peak["worker"]);
    }

    [Fact]
    public void A_service_that_the_old_release_does_not_have_starts_at_once()
    {
        var (web1, web2, redis) = (Web("web1"), Web("web2"), Worker("redis") with { Service = "redis", HasOwnImage = true });
        _world.Add(web1, routed: true);

        Assert.Equal([new StartStep("redis", 1), new StartStep("web2", 1)], _world.Plan(App([web1], [web2, redis])).Steps);
    }

    [Fact]
    public void A_pool_that_both_releases_share_is_left_running()
    {
        var (web1, web2, redis) = (Web("web1"), Web("web2"), Worker("redis") with { Service = "redis" });
        _world.Settle(App([web1, redis]));
        var kept = _world.Sandboxes.Single(s => s.Service == "redis").Id;

        Assert.IsType<DeploymentVerdict.Switch>(_world.Settle(App([web1, redis], [web2, redis])).Verdict);
        _world.Settle(App([web2, redis]));

        Assert.Equal(kept, _world.Sandboxes.Single(s => s.Service == "redis").Id);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 4)]
    [InlineData(8, 60)]
    [InlineData(1000, 60)]
    public void Crashes_in_a_row_put_the_next_start_off(int count, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), CrashRecord.Delay(count));

        var worker = Worker("w");
        _world.Crashes["w"] = new(count, _world.Now, "s0");
        var plan = _world.Plan(App([worker]));

        Assert.Equal(seconds == 0, plan.Steps.Count == 1);
        Assert.Equal(seconds == 0 ? null : _world.Now.AddSeconds(seconds), plan.LookAgainAt);
    }

    [Fact]
    public void A_sandbox_that_lived_long_begins_a_new_row_of_crashes()
    {
        var before = new CrashRecord(5, _world.Now, "s1");
        Assert.Equal(6, CrashRecord.Next(before, "s2", TimeSpan.FromSeconds(59), _world.Now).Count);
        Assert.Equal(1, CrashRecord.Next(before, "s2", TimeSpan.FromSeconds(60), _world.Now).Count);
    }

    [Fact]
    public void An_exited_sandbox_of_a_wanted_pool_is_a_crash_and_one_of_an_old_pool_is_not()
    {
        var web = Web("p1");
        var crashed = _world.Add(web, state: SandboxState.Exited);
        var old = _world.Add(Web("p0"), state: SandboxState.Exited);

        Assert.Equal([new CollectStep(crashed.Id, true), new CollectStep(old.Id, false)], _world.Plan(App([web])).Steps);
    }

    [Fact]
    public void The_next_sandbox_starts_only_when_the_crash_before_it_is_noted()
    {
        var web = Web("p1");
        var crashed = _world.Add(web, state: SandboxState.Exited);
        Assert.DoesNotContain(_world.Plan(App([web])).Steps, s => s is StartStep);

        _world.Sandboxes.Remove(crashed);
        _world.Crashes["p1"] = new(2, _world.Now, crashed.Id);
        Assert.Empty(_world.Plan(App([web])).Steps);
        _world.Now = _world.Now.AddSeconds(1);

        Assert.Equal([new StartStep("p1", 1)], _world.Plan(App([web])).Steps);
    }

    [Fact]
    public void Three_crashes_of_the_new_release_fail_the_deployment_and_older_ones_do_not_count()
    {
        var (web1, web2) = (Web("web1"), Web("web2"));
        _world.Add(web1, routed: true);
        var app = App([web1], [web2]) with { TargetSince = _world.Now };

        _world.Crashes["web2"] = new(3, _world.Now.AddSeconds(-1), "s9");
        Assert.IsNotType<DeploymentVerdict.Fail>(_world.Plan(app).Verdict);

        _world.Crashes["web2"] = new(3, _world.Now, "s9");
        var fail = Assert.IsType<DeploymentVerdict.Fail>(_world.Plan(app).Verdict);
        Assert.Equal(("web", "s9"), (fail.Service, fail.Sandbox));
    }

    [Fact]
    public void A_service_that_never_answers_fails_the_deployment_at_its_startup_timeout()
    {
        var (web1, web2) = (Web("web1"), Web("web2"));
        _world.Add(web1, routed: true);
        var silent = _world.Add(web2, ready: false, createdAt: _world.Now);
        var app = App([web1], [web2]) with { TargetSince = _world.Now };

        Assert.Equal(_world.Now.AddSeconds(60), _world.Plan(app).LookAgainAt);
        _world.Now = _world.Now.AddSeconds(60);
        Assert.Equal(silent.Id, Assert.IsType<DeploymentVerdict.Fail>(_world.Plan(app).Verdict).Sandbox);
    }

    [Fact]
    public void A_restart_replaces_web_with_overlap_and_a_worker_without()
    {
        var (web, worker) = (Web("web", 2), Worker("worker"));
        _world.Settle(App([web, worker]));
        var before = _world.Sandboxes.Select(s => s.Id).ToHashSet();
        _world.Now = _world.Now.AddMinutes(1);
        var renewed = App([web with { RenewedAt = _world.Now }, worker with { RenewedAt = _world.Now }]);

        var first = _world.Plan(renewed);
        Assert.Equal(2, first.Routed.Count);
        Assert.Contains(new StartStep("web", 2), first.Steps);
        _world.Settle(renewed);

        Assert.Equal(3, _world.Sandboxes.Count);
        Assert.DoesNotContain(_world.Sandboxes, s => before.Contains(s.Id));
        Assert.Equal(1, _world.Peak["worker"]);
    }

    [Fact]
    public void A_process_without_a_port_is_ready_only_after_it_has_lived_a_moment()
    {
        var worker = Worker("w");
        _world.Add(worker, ready: false, createdAt: _world.Now);
        var app = App([], [worker]);

        Assert.IsType<DeploymentVerdict.Starting>(_world.Plan(app).Verdict);
        _world.Now = _world.Now.AddSeconds(1);
        Assert.IsType<DeploymentVerdict.Switch>(_world.Plan(app).Verdict);
    }

    [Fact]
    public void A_service_scaled_to_zero_needs_nothing_to_be_deployed() =>
        Assert.IsType<DeploymentVerdict.Switch>(_world.Plan(App([], [Web("w", 0)])).Verdict);

    [Fact]
    public void While_a_ready_target_is_tried_it_gets_the_requests_and_the_old_sandboxes_stay()
    {
        var (web1, web2) = (Web("web1", 2), Web("web2", 2));
        _world.Settle(App([web1]));

        _world.Settle(App([web1], [web2]));

        var plan = _world.Plan(App([web1], [web2]) with { TargetServes = true });
        Assert.IsType<DeploymentVerdict.Switch>(plan.Verdict);
        Assert.Equal(_world.Sandboxes.Where(s => s.PoolId == "web2").Select(s => s.Id), plan.Routed);
        Assert.Equal(2, _world.Sandboxes.Count(s => s.PoolId == "web1"));
        Assert.Empty(plan.Draining);
    }

    [Fact]
    public void A_target_on_trial_keeps_the_requests_while_one_of_its_sandboxes_answers_and_gives_them_back_when_none_does()
    {
        var (web1, web2) = (Web("web1"), Web("web2", 2));
        var app = App([web1], [web2]) with { TargetServes = true };
        var old = _world.Add(web1);
        var fresh = _world.Add(web2, routed: true);

        Assert.Equal([fresh.Id], _world.Plan(app).Routed);

        _world.Sandboxes[1] = fresh with { State = SandboxState.Exited };
        var plan = _world.Plan(app);
        Assert.Equal([old.Id], plan.Routed);
        Assert.IsType<DeploymentVerdict.Starting>(plan.Verdict);
    }

    [Fact]
    public void A_target_that_is_given_up_on_trial_is_drained_and_the_old_sandboxes_get_the_requests()
    {
        var (web1, web2) = (Web("web1"), Web("web2"));
        var old = _world.Add(web1);
        var fresh = _world.Add(web2, routed: true);

        var plan = _world.Plan(App([web1]));

        Assert.Equal([old.Id], plan.Routed);
        Assert.Equal([fresh.Id], plan.Draining);
        _world.Settle(App([web1]));
        Assert.Equal([old.Id], _world.Sandboxes.Select(s => s.Id));
    }

    [Theory]
    [InlineData(19, 19, 0, 0, false)]
    [InlineData(20, 20, 0, 0, true)]
    [InlineData(100, 5, 0, 0, false)]
    [InlineData(100, 6, 0, 0, true)]
    [InlineData(100, 14, 1000, 100, false)]
    [InlineData(100, 16, 1000, 100, true)]
    [InlineData(100, 0, 100, 50, false)]
    public void A_release_does_worse_by_a_clear_margin_of_errors_in_enough_requests(int requests, int errors, int requestsBefore, int errorsBefore, bool worse) =>
        Assert.Equal(worse, new RequestCount(requests, errors).IsWorseThan(new(requestsBefore, errorsBefore), new PlanningOptions()));
}
