using Berth.Model;
using Berth.Testing;

namespace Berth.Control.Tests;

/// <summary>berthd goes away at some moment and comes back: same state, same engine, same router.</summary>
public sealed class RestartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_runs_is_taken_up_as_it_is()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo", "web: serve\nworker: work");
        var before = house.Docker.Containers;
        var tables = house.Router.Tables.Count;

        await house.RestartAsync();
        await house.Control.WaitSettledAsync("demo", Ct);

        Assert.Equal(before, house.Docker.Containers);
        Assert.All(house.Router.Tables.Skip(tables), t => Assert.Single(Assert.Single(t.Apps).Sandboxes));
    }

    [Fact]
    public async Task A_deployment_whose_release_is_written_is_finished()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var gate = house.Docker.Hold("POST /containers/create");
        var deployment = await house.BeginDeployAsync("demo", "web: serve more");
        await Eventually.HoldsAsync(() => house.Stores.Deployments.Find(deployment)!.Phase == DeploymentPhase.Start);

        await house.EndAsync();
        gate.Dispose();
        await house.BeginAgainAsync();

        var events = await house.EventsOfAsync(deployment);
        Assert.Equal(DeploymentOutcome.Succeeded, events[^1].Result!.Outcome);
        Assert.Equal(2, house.Active("demo").Number);
        var phases = events.Select(e => e.Phase).OfType<DeploymentPhase>().ToList();
        Assert.Equal(phases.Distinct(), phases);
    }

    [Fact]
    public async Task A_deployment_without_a_release_is_given_up_and_the_job_goes()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var deployment = await house.BeginDeployAsync("demo", "web: serve\nrelease: migrate for ever");
        await Eventually.HoldsAsync(() => house.Docker.Containers.Any(c => c.Labels[Labels.Role] == "job" && c.IsAlive));

        await house.RestartAsync();

        var result = await house.EndOfAsync(deployment);
        Assert.Equal(DeploymentOutcome.Failed, result.Outcome);
        Assert.Contains("deploy again", result.Error);
        Assert.DoesNotContain(house.Docker.Containers, c => c.Labels[Labels.Role] == "job");
        Assert.Equal(1, house.Active("demo").Number);
    }

    [Fact]
    public async Task What_belongs_to_no_app_is_swept_away_and_nothing_else()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("gone");
        await house.DeployNewAsync("demo");
        await house.EndAsync();
        using (var state = Store.StateStore.Open(house.Options.DatabaseFile))
            new Store.AppStore(state).Delete("gone");

        await house.BeginAgainAsync();

        Assert.Equal(["demo"], house.Docker.Containers.Select(c => c.Labels[Labels.App]));
        Assert.Equal(["berth-test-demo"], house.Docker.Networks);
    }

    [Fact]
    public async Task A_deletion_that_was_cut_short_is_finished()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        await house.EndAsync();
        using (var state = Store.StateStore.Open(house.Options.DatabaseFile))
            new Store.AppStore(state).MarkDeleting("demo");

        await house.BeginAgainAsync();

        await Eventually.HoldsAsync(() => house.Stores.Apps.Find("demo") is null && house.Docker.Containers.Count == 0 && house.Docker.Networks.Count == 0);
    }
}
