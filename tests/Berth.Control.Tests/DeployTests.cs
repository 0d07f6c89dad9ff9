using Berth.Model;
using Berth.Testing;
using Berth.Testing.Docker;

namespace Berth.Control.Tests;

public sealed class DeployTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deployed_image_becomes_the_active_release_and_gets_the_requests()
    {
        await using var house = await ControlUnderTest.StartAsync();

        var result = await house.DeployNewAsync("demo");

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(1, house.Active("demo").Number);
        var web = Assert.Single(house.Running("demo", "web"));
        Assert.Equal([web.Name], house.Router.Routed("demo"));
        Assert.Contains(house.Router.Table.Hosts, h => h is { Host: "demo.localhost", App: "demo" });
        Assert.Equal("demo", house.Router.Table.DefaultApp);
    }

    [Fact]
    public async Task Phases_are_told_in_order_and_each_once()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");

        var events = await house.EventsOfAsync(await house.BeginDeployAsync("demo", "web: serve\nrelease: echo migrated"));

        var phases = events.Select(e => e.Phase).OfType<DeploymentPhase>().ToList();
        Assert.Equal(phases.Distinct().Order(), phases);
        Assert.Equal(DeploymentPhase.Done, phases[^1]);
    }

    [Fact]
    public async Task Whoever_waits_is_told_once_what_a_slow_start_lacks()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: made =>
        {
            made.Docker.ListensNowhere = true;
            made.Options = made.Options with { SlowStart = TimeSpan.Zero };
        });
        house.Control.Apps.Create("demo");
        var deployment = await house.BeginDeployAsync("demo");

        var told = await house.Control.DeploymentLog.FollowAsync(deployment, Ct).FirstAsync(e => e.Info?.StartsWith("still waiting", StringComparison.Ordinal) == true, Ct);
        Assert.StartsWith("still waiting for web: nothing can be reached on port 3000", told.Info, StringComparison.Ordinal);
        Assert.Null(house.Control.Deployments.Cancel(deployment).Error);

        Assert.Single(await house.EventsOfAsync(deployment), e => e.Info == told.Info);
    }

    [Fact]
    public async Task A_new_release_is_routed_to_before_the_old_one_stops()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var old = house.Running("demo", "web")[0];

        await house.SetEnvAsync("demo", "GREETING", "hello");
        await Eventually.HoldsAsync(() => !house.Docker.Containers.Contains(old));

        var fresh = Assert.Single(house.Running("demo", "web"));
        Assert.Equal([fresh.Name], house.Router.Routed("demo"));
        Assert.All(house.Router.Tables.SkipWhile(t => !t.Apps.Any(a => a.Sandboxes.Count > 0)), t => Assert.NotEmpty(t.Apps[0].Sandboxes));
    }

    [Fact]
    public async Task A_release_that_crashes_fails_with_its_last_lines_and_the_old_one_serves_on()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var old = house.Running("demo", "web")[0];

        var result = await house.DeployAsync("demo", "web: echo no database; exit 3");

        Assert.Equal(DeploymentOutcome.Failed, result.Outcome);
        Assert.Contains("web", result.Error);
        Assert.Contains("exit code 3", result.Error);
        Assert.Contains("no database", result.LastLines);
        Assert.Equal(1, house.Active("demo").Number);
        Assert.Equal([old.Name], house.Router.Routed("demo"));
        await Eventually.HoldsAsync(() => house.Docker.Containers.Count == 1);
        Assert.True(old.IsAlive);
    }

    [Fact]
    public async Task An_image_that_is_nowhere_fails_the_deployment_by_its_name()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");

        var result = await house.DeployAsync("demo", image: "example/none:1");

        Assert.Equal(DeploymentOutcome.Failed, result.Outcome);
        Assert.Contains("example/none:1", result.Error);
        Assert.Null(house.Stores.Apps.Find("demo")!.ActiveRelease);
    }

    [Fact]
    public async Task Mistakes_in_the_files_fail_the_deployment_with_their_places()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");

        var events = await house.EventsOfAsync(await house.BeginDeployAsync("demo", "web serve\n"));

        Assert.Equal(DeploymentOutcome.Failed, events[^1].Result!.Outcome);
        Assert.Contains(events, e => e.Diagnostic is { File: "Procfile", Line: 1 });
    }

    [Fact]
    public async Task A_change_of_the_environment_makes_a_release_that_sandboxes_see()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");

        var result = await house.SetEnvAsync("demo", "GREETING", "a=b c$d");

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(2, house.Active("demo").Number);
        Assert.Equal("set GREETING", house.Active("demo").Description);
        Assert.Contains(house.Running("demo", "web"), c => c.Env.Contains("GREETING=a=b c$d") && c.Env.Contains("BERTH_RELEASE=v2"));
    }

    [Fact]
    public async Task The_environment_of_an_app_without_release_is_kept_for_its_first()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");

        Assert.True((await house.SetEnvAsync("demo", "GREETING", "hello")).Unchanged);
        await house.DeployAsync("demo");

        Assert.Contains("GREETING=hello", Assert.Single(house.Running("demo", "web")).Env);
    }

    [Fact]
    public async Task A_rollback_is_a_new_release_with_all_that_the_old_one_had()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        await house.SetEnvAsync("demo", "GREETING", "hello");

        var result = await house.EndOfAsync(ControlUnderTest.Id(house.Control.Deployments.RollBack(house.Stores.Apps.Find("demo")!, release: null)));

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(3, house.Active("demo").Number);
        Assert.Equal("rollback to v1", house.Active("demo").Description);
        Assert.Empty(house.Active("demo").Config);
    }

    [Fact]
    public async Task What_differs_in_nothing_changes_nothing_unless_forced()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var before = house.Running("demo", "web")[0];

        Assert.True((await house.DeployAsync("demo")).Unchanged);
        Assert.Equal(1, house.Active("demo").Number);
        Assert.Equal([before], house.Running("demo", "web"));

        Assert.False((await house.DeployAsync("demo", force: true)).Unchanged);
        Assert.Equal(2, house.Active("demo").Number);
        Assert.DoesNotContain(before.Name, house.Router.Routed("demo"));
    }

    [Fact]
    public async Task A_service_with_an_unchanged_image_of_its_own_is_not_restarted_by_a_deployment()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Docker.AddImage("example/cache:7", new FakeImage { Cmd = ["cached"] });
        Dictionary<string, string> Files(string command) => new() { [".berth/app.toml"] = $"name = \"demo\"\n[services.web]\ncommand = \"{command}\"\n[services.cache]\nimage = \"example/cache:7\"\n" };
        house.Control.Apps.Create("demo");
        Assert.Null((await house.EndOfAsync(await house.BeginDeployAsync("demo", Files("serve")))).Error);
        var cache = Assert.Single(house.Running("demo", "cache"));

        Assert.Null((await house.EndOfAsync(await house.BeginDeployAsync("demo", Files("serve again")))).Error);
        Assert.Equal(2, house.Active("demo").Number);
        Assert.Equal([cache], house.Running("demo", "cache"));

        Assert.Null((await house.EndOfAsync(await house.BeginDeployAsync("demo", Files("serve again"), force: true))).Error);
        await Eventually.HoldsAsync(() => house.Running("demo", "cache") is [var fresh] && fresh != cache);
    }

    [Fact]
    public async Task A_release_command_runs_once_before_anything_starts()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");

        var events = await house.EventsOfAsync(await house.BeginDeployAsync("demo", "web: serve\nrelease: echo migrated"));

        Assert.Equal(DeploymentOutcome.Succeeded, events[^1].Result!.Outcome);
        Assert.Single(events, e => e.Output == "migrated\n");
        Assert.DoesNotContain(house.Docker.Containers, c => c.Labels[Labels.Role] == "job");
    }

    [Fact]
    public async Task A_release_command_that_fails_fails_the_deployment_and_starts_nothing()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");

        var result = await house.DeployAsync("demo", "web: serve\nrelease: echo no; exit 4");

        Assert.Equal(DeploymentOutcome.Failed, result.Outcome);
        Assert.Contains("exit code 4", result.Error);
        Assert.Empty(house.Docker.Containers);
        Assert.Null(house.Stores.Apps.Find("demo")!.ActiveRelease);
    }

    [Fact]
    public async Task Nothing_of_a_deployment_is_left_on_disk_but_its_log()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");

        await Eventually.HoldsAsync(() => !Directory.EnumerateFileSystemEntries(house.Options.BuildsFolder).Any());
        Assert.Single(Directory.EnumerateFiles(house.Options.DeploymentsFolder));
    }
}
