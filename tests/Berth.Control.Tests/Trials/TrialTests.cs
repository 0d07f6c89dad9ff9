using Berth.Model;
using Berth.Testing;

namespace Berth.Control.Tests.Trials;

/// <summary>A new release becomes the active one only when it is seen to answer, and while it is watched it can be gone back from.</summary>
public sealed class TrialTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_becomes_active_only_when_a_request_through_the_router_was_answered_by_it()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var old = house.Running("demo", "web")[0];
        var visits = house.Router.HoldVisits();

        var deployment = await house.BeginDeployAsync("demo", "web: serve more");
        await Eventually.HoldsAsync(() => house.Router.Visits.Count == 2);

        await Eventually.HoldsAsync(() => house.Stores.Deployments.Find(deployment)!.Phase == DeploymentPhase.Switch);
        Assert.Equal(1, house.Active("demo").Number);
        Assert.DoesNotContain(old.Name, house.Router.Routed("demo"));
        Assert.True(old.IsAlive);
        visits.Dispose();
        Assert.Equal(DeploymentOutcome.Succeeded, (await house.EndOfAsync(deployment)).Outcome);
        Assert.Equal(2, house.Active("demo").Number);
        Assert.Equal("demo.localhost/", house.Router.Visits[1]);
        await Eventually.HoldsAsync(() => !old.IsAlive);
    }

    [Fact]
    public async Task A_release_that_answers_nobody_fails_and_the_one_before_gets_the_requests_again()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: FewTries);
        await house.DeployNewAsync("demo");
        var old = house.Running("demo", "web")[0];
        house.Router.Answering = sandbox => sandbox == old.Name ? 200 : null;

        var result = await house.DeployAsync("demo", "web: echo I speak no HTTP; serve");

        Assert.Equal(DeploymentOutcome.Failed, result.Outcome);
        Assert.Contains("v2", result.Error);
        Assert.Contains("502 from the router", result.Error);
        Assert.Contains("I speak no HTTP", result.LastLines);
        Assert.Equal(1, house.Active("demo").Number);
        await Eventually.HoldsAsync(() => house.Docker.Containers.Count == 1);
        Assert.Equal([old.Name], house.Router.Routed("demo"));
        Assert.True(old.IsAlive);
        Assert.All(house.Router.Tables.SkipWhile(t => t.Apps.All(a => a.Sandboxes.Count == 0)), t => Assert.NotEmpty(t.Apps[0].Sandboxes));
    }

    [Fact]
    public async Task A_trial_that_breaks_fails_the_deployment_instead_of_holding_it_up()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Router.Answering = _ => throw new InvalidDataException("what a router");

        var result = await house.DeployNewAsync("demo");

        Assert.Equal(DeploymentOutcome.Failed, result.Outcome);
        Assert.Contains("v1 could not be tried: what a router", result.Error);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Every_status_of_the_app_is_an_answer(int status)
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: FewTries);
        house.Router.Answering = _ => status;

        Assert.Equal(DeploymentOutcome.Succeeded, (await house.DeployNewAsync("demo")).Outcome);
    }

    [Fact]
    public async Task A_release_is_asked_for_the_path_of_its_health_check_at_a_host_of_the_app()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");

        var end = await house.EndOfAsync(await house.BeginDeployAsync("demo", new Dictionary<string, string>
        {
            [".berth/app.toml"] = "name = \"demo\"\n[services.web]\ncommand = \"serve\"\nhealth = { type = \"http\", path = \"/healthz?deep=1\" }\n",
        }));

        Assert.Null(end.Error);
        Assert.Equal(["demo.localhost/healthz?deep=1"], house.Router.Visits);
    }

    [Theory]
    [InlineData("worker: work")]
    [InlineData("web: serve", "[services.web.health]\ntype = \"process\"\n")]
    public async Task A_release_that_has_nobody_to_answer_is_asked_nothing(string procfile, string toml = "")
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");

        var end = await house.EndOfAsync(await house.BeginDeployAsync("demo", new Dictionary<string, string> { ["Procfile"] = procfile, [".berth/app.toml"] = "name = \"demo\"\n" + toml }));

        Assert.Null(end.Error);
        Assert.Empty(house.Router.Visits);
    }

    [Fact]
    public async Task A_release_of_an_app_that_was_scaled_to_zero_is_asked_nothing()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        house.Scale("demo", "web", "0");
        await Eventually.HoldsAsync(() => house.Docker.Containers.Count == 0);

        Assert.Null((await house.SetEnvAsync("demo", "A", "b")).Error);

        Assert.Single(house.Router.Visits);
    }

    [Fact]
    public async Task A_trial_that_a_kill_cut_short_begins_anew_and_decides()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: FewTries);
        await house.DeployNewAsync("demo");
        var old = house.Running("demo", "web")[0];
        foreach (var isAnswered in new[] { false, true })
        {
            var visits = house.Router.HoldVisits();
            var seen = house.Router.Visits.Count;
            var deployment = await house.BeginDeployAsync("demo", "web: serve more");
            await Eventually.HoldsAsync(() => house.Router.Visits.Count > seen);

            await house.EndAsync();
            house.Router.Answering = sandbox => isAnswered || sandbox == old.Name ? 200 : null;
            visits.Dispose();
            await house.BeginAgainAsync();

            Assert.Equal(isAnswered ? DeploymentOutcome.Succeeded : DeploymentOutcome.Failed, (await house.EndOfAsync(deployment)).Outcome);
            await Eventually.HoldsAsync(() => house.Docker.Containers.Count == 1);
            Assert.Equal(isAnswered ? 3 : 1, house.Active("demo").Number);
            Assert.Equal(isAnswered, !old.IsAlive);
            Assert.Equal(house.Running("demo", "web").Select(c => c.Name), house.Router.Routed("demo"));
        }
    }

    [Fact]
    public async Task A_watched_release_with_more_errors_is_gone_back_from()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var old = house.Running("demo", "web")[0];
        house.Router.Answering = sandbox => sandbox == old.Name ? 200 : 500;
        await VisitAsync(house, 40);

        var deployment = await BeginWatchedAsync(house);
        await VisitAsync(house, 40);

        var result = await house.EndOfAsync(deployment);
        Assert.Equal(DeploymentOutcome.Failed, result.Outcome);
        Assert.Contains("v2 does worse", result.Error);
        Assert.Contains("before 0 of 41", result.Error);
        Assert.Equal(1, house.Active("demo").Number);
        await Eventually.HoldsAsync(() => house.Docker.Containers.Count == 1);
        Assert.Equal([old.Name], house.Router.Routed("demo"));
    }

    [Fact]
    public async Task A_watched_release_with_the_errors_of_the_one_before_is_kept_when_the_time_is_over()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        house.Router.Answering = _ => 500;
        await VisitAsync(house, 400);

        var begun = await house.ArchiveAsync(new Dictionary<string, string> { ["Procfile"] = "web: serve more" });
        var deployment = ControlUnderTest.Id(house.Control.Deployments.DeployImage(house.Stores.Apps.Find("demo")!, ControlUnderTest.Image, begun, force: false, watch: TimeSpan.FromTicks(1)));

        Assert.Null((await house.EndOfAsync(deployment)).Error);
        Assert.Equal(2, house.Active("demo").Number);
    }

    [Fact]
    public async Task A_watched_release_can_be_cancelled()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var old = house.Running("demo", "web")[0];
        var deployment = await BeginWatchedAsync(house);

        Assert.Null(house.Control.Deployments.Cancel(deployment).Error);

        Assert.Equal(DeploymentOutcome.Cancelled, (await house.EndOfAsync(deployment)).Outcome);
        await Eventually.HoldsAsync(() => house.Router.Routed("demo").SequenceEqual([old.Name]) && house.Docker.Containers.Count == 1);
        Assert.Equal(1, house.Active("demo").Number);
    }

    [Fact]
    public async Task A_watched_release_that_crashes_again_and_again_is_gone_back_from_and_no_visitor_is_without_a_sandbox()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var old = house.Running("demo", "web")[0];
        var deployment = await BeginWatchedAsync(house);
        var end = house.EndOfAsync(deployment);

        while (!end.IsCompleted)
        {
            foreach (var fresh in house.Running("demo", "web").Where(c => c != old))
                fresh.Exit(3);
            await Task.Yield();
        }

        Assert.Contains("exit code 3", (await end).Error);
        Assert.Equal(1, house.Active("demo").Number);
        await Eventually.HoldsAsync(() => house.Router.Routed("demo").SequenceEqual([old.Name]));
        Assert.All(house.Router.Tables.SkipWhile(t => t.Apps.All(a => a.Sandboxes.Count == 0)), t => Assert.NotEmpty(t.Apps[0].Sandboxes));
    }

    [Theory]
    [InlineData("60")]
    [InlineData("-1s")]
    [InlineData("2h")]
    [InlineData("soon")]
    public async Task A_time_to_watch_that_is_none_is_refused(string text)
    {
        await using var house = await ControlUnderTest.StartAsync();

        Assert.Equal("bad-watch", house.Control.Deployments.ParseWatch(text).Error?.Code);
    }

    private static void FewTries(ControlUnderTest house) => house.Options = house.Options with { ProofTries = 2 };

    private static async Task VisitAsync(ControlUnderTest house, int times)
    {
        for (int i = 0; i < times; i++)
            await house.Router.VisitAsync("demo.localhost", "/", Ct);
    }

    /// <summary>Begins a deployment whose release is watched for an hour; returns when it is.</summary>
    private static async Task<string> BeginWatchedAsync(ControlUnderTest house)
    {
        var archive = await house.ArchiveAsync(new Dictionary<string, string> { ["Procfile"] = "web: serve more" });
        var deployment = ControlUnderTest.Id(house.Control.Deployments.DeployImage(house.Stores.Apps.Find("demo")!, ControlUnderTest.Image, archive, force: false, watch: TimeSpan.FromHours(1)));
        await Eventually.HoldsAsync(() => house.Stores.Deployments.Find(deployment)!.Phase == DeploymentPhase.Watch);
        return deployment;
    }
}
