using Berth.Model;
using Berth.Planning;
using Berth.Testing;

namespace Berth.Control.Tests.Reconciling;

/// <summary>What happens to sandboxes outside of deployments.</summary>
public sealed class SandboxTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scaling_starts_and_stops_only_the_difference()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var first = house.Running("demo", "web")[0];

        house.Scale("demo", "web", "3");
        await Eventually.HoldsAsync(() => house.Router.Routed("demo").Count == 3);
        Assert.Contains(first, house.Running("demo", "web"));

        house.Scale("demo", "web", "1");
        await Eventually.HoldsAsync(() => house.Docker.Containers.Count == 1);
        Assert.Equal(3, house.Started("demo", "web").Count);
        Assert.Equal(house.Running("demo", "web").Select(c => c.Name), house.Router.Routed("demo"));
    }

    [Fact]
    public async Task A_sandbox_stops_only_after_the_router_let_go_of_it()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var web = house.Running("demo", "web")[0];
        var gate = house.Router.Hold();
        var before = house.Router.Pushes;

        house.Scale("demo", "web", "0");
        await Eventually.HoldsAsync(() => house.Router.Pushes > before);
        Assert.True(web.IsAlive);
        gate.Dispose();

        await Eventually.HoldsAsync(() => house.Docker.Containers.Count == 0);
        Assert.Empty(house.Router.Routed("demo"));
    }

    [Fact]
    public async Task A_sandbox_finishes_its_requests_before_it_stops()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var web = house.Running("demo", "web")[0];
        house.Router.SetInFlight(web.Name, 1);
        await Eventually.HoldsAsync(() => house.Control.Publisher.View.InFlight.ContainsKey(web.Name));

        house.Scale("demo", "web", "0");
        await Eventually.HoldsAsync(() => house.Router.Routed("demo").Count == 0);
        Assert.True(web.IsAlive);
        house.Router.SetInFlight(web.Name, 0);

        await Eventually.HoldsAsync(() => house.Docker.Containers.Count == 0);
    }

    [Fact]
    public async Task A_worker_of_a_new_release_starts_only_after_the_old_one_is_gone()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo", "worker: work");
        var old = house.Running("demo", "worker")[0];
        var gate = house.Docker.Hold("POST /containers/*/stop");

        var deployment = await house.BeginDeployAsync("demo", "worker: work more");
        await Eventually.HoldsAsync(() => house.Docker.Calls.Contains($"POST /containers/{old.Id}/stop"));
        Assert.Equal([old], house.Running("demo", "worker"));
        gate.Dispose();

        Assert.Equal(DeploymentOutcome.Succeeded, (await house.EndOfAsync(deployment)).Outcome);
        Assert.False(old.IsAlive);
        Assert.Single(house.Running("demo", "worker"));
    }

    [Fact]
    public async Task A_worker_that_a_person_stops_is_replaced_only_after_it_is_gone()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo", "worker: work\nweb: serve");
        var old = house.Running("demo", "worker")[0];
        var gate = house.Docker.Hold("POST /containers/*/stop");

        Assert.Null((await house.Control.Sandboxes.StopAsync(old.Name, Ct)).Error);
        await Eventually.HoldsAsync(() => house.Docker.Calls.Contains($"POST /containers/{old.Id}/stop"));
        // A whole round through the loop: had it planned another worker, that would run now.
        house.Scale("demo", "web", "2");
        await Eventually.HoldsAsync(() => house.Running("demo", "web").Count == 2);
        Assert.Equal([old], house.Running("demo", "worker"));
        gate.Dispose();

        await Eventually.HoldsAsync(() => house.Running("demo", "worker") is [var fresh] && fresh != old);
    }

    [Fact]
    public async Task A_start_that_ends_between_two_looks_is_not_repeated()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo", "worker: work\nweb: serve");
        house.Scale("demo", "worker", "0");
        await Eventually.HoldsAsync(() => house.Running("demo", "worker").Count == 0);
        var before = house.Started("demo", "worker").Count;
        var creating = house.Docker.Hold("POST /containers/create");
        var creations = house.Docker.Calls.Count(c => c == "POST /containers/create");
        house.Scale("demo", "worker", "1");
        await Eventually.HoldsAsync(() => house.Docker.Calls.Count(c => c == "POST /containers/create") > creations);

        // The next look sees the engine without the worker, and then waits for the router while the start comes to its end.
        var pushes = house.Router.Pushes;
        var push = house.Router.Hold();
        house.Running("demo", "web")[0].Exit(1);
        await Eventually.HoldsAsync(() => house.Router.Pushes > pushes);
        creating.Dispose();
        await Eventually.HoldsAsync(() => house.Running("demo", "worker").Count == 1);
        // Two more round trips to the engine: the step has noted its end by then.
        await house.Control.Engine.ListSandboxesAsync("demo", Ct);
        await house.Control.Engine.ListSandboxesAsync("demo", Ct);
        push.Dispose();
        await house.Control.WaitSettledAsync("demo", Ct);

        Assert.Equal(before + 1, house.Started("demo", "worker").Count);
    }

    [Fact]
    public async Task A_crashed_sandbox_is_replaced_at_once_then_after_growing_delays()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo", "worker: work");
        var pool = house.Active("demo").Services[0].PoolId;

        foreach (var count in new[] { 1, 2, 3 })
        {
            await CrashAsync(house, pool, count);
            await Eventually.HoldsAsync(() => house.Running("demo", "worker").Count == 1);
            var crash = house.Stores.Crashes.List("demo")[pool];
            Assert.Equal(count, crash.Count);
            Assert.InRange(house.Running("demo", "worker")[0].CreatedAt, crash.At + CrashRecord.Delay(count), DateTimeOffset.MaxValue);
        }
    }

    [Fact]
    public async Task The_last_lines_of_a_crash_are_kept_with_its_exit_code()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo", "worker: work");
        var pool = house.Active("demo").Services[0].PoolId;
        var worker = house.Running("demo", "worker")[0];

        worker.Print("out of luck\n", stderr: true);
        worker.Exit(9, outOfMemory: true);

        await Eventually.HoldsAsync(() => house.Stores.Crashes.List("demo").GetValueOrDefault(pool) is { ExitCode: 9, OutOfMemory: true, LastLines: ["out of luck"] });
    }

    [Fact]
    public async Task Output_is_kept_also_of_sandboxes_that_were_seen_before_they_ran()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo", "worker: work\nweb: serve");
        house.Scale("demo", "worker", "0");
        await Eventually.HoldsAsync(() => house.Running("demo", "worker").Count == 0);
        var gate = house.Docker.Hold("POST /containers/*/start");
        house.Scale("demo", "worker", "1");
        await Eventually.HoldsAsync(() => house.Docker.Containers.Any(c => c.State == "created"));
        var made = house.Docker.Containers.Single(c => c.State == "created");
        // The second look begins when the first is over.
        for (var look = 1; look <= 2; look++)
        {
            house.Scale("demo", "web", "1");
            await Eventually.HoldsAsync(() => house.Docker.Calls.Count(c => c == $"GET /containers/{made.Id}/json") >= look);
        }
        gate.Dispose();
        await Eventually.HoldsAsync(() => house.Running("demo", "worker").Count == 1);
        house.Running("demo", "worker")[0].Print("hello\n");

        await Eventually.HoldsAsync(async () => (await house.Control.Logs.LastLinesAsync("demo", house.Running("demo", "worker")[0].Name, 5, Ct)).Contains("hello"));
    }

    [Fact]
    public async Task A_restart_replaces_each_sandbox_once()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo", "worker: work");
        var old = house.Running("demo", "worker")[0];

        house.Control.Services.Restart(house.Stores.Apps.Find("demo")!, service: null);
        await house.Control.WaitSettledAsync("demo", Ct);

        Assert.DoesNotContain(old, house.Running("demo", "worker"));
        Assert.Equal(2, house.Started("demo", "worker").Count);
    }

    [Fact]
    public async Task A_deleted_app_leaves_nothing_behind()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo", "web: serve\nworker: work");
        await house.Control.Routes.AddAsync("shop.example.com", house.Stores.Apps.Find("demo")!, Ct);

        Assert.Null(house.Control.Apps.Delete("demo").Error);
        await Eventually.HoldsAsync(() => house.Stores.Apps.Find("demo") is null);

        Assert.Empty(house.Docker.Containers);
        Assert.Empty(house.Docker.Networks);
        Assert.Empty(house.Router.Table.Hosts);
        Assert.Empty(house.Router.Table.Apps);
        Assert.Null(house.Control.Routes.Default);
        Assert.Empty(Directory.GetFiles(house.Options.DeploymentsFolder));
        Assert.False(Directory.Exists(Path.Combine(house.Options.LogsFolder, "demo")));
    }

    [Fact]
    public async Task Sandboxes_wait_with_stopping_while_the_router_is_away()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var web = house.Running("demo", "web")[0];
        house.Router.IsThere = false;
        var pushes = house.Router.Pushes;

        house.Scale("demo", "web", "0");
        await Eventually.HoldsAsync(() => house.Router.Pushes > pushes);
        Assert.True(web.IsAlive);
        house.Router.IsThere = true;
        house.Router.BreakReports();

        await Eventually.HoldsAsync(() => house.Docker.Containers.Count == 0);
    }

    [Fact]
    public async Task A_subnet_that_something_else_uses_is_passed_over()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Docker.FailNext("POST /networks/create", 403, "Pool overlaps with other one on this address space");

        await house.DeployNewAsync("demo");

        Assert.Equal(1, house.Stores.Apps.Find("demo")!.Subnet);
        Assert.Single(house.Running("demo", "web"));
    }

    private static async Task CrashAsync(ControlUnderTest house, string pool, int count)
    {
        house.Running("demo", "worker")[0].Exit(1);
        await Eventually.HoldsAsync(() => house.Stores.Crashes.List("demo").GetValueOrDefault(pool)?.Count == count);
    }
}
