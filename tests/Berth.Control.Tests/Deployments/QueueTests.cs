using Berth.Control.Store;
using Berth.Model;
using Berth.Testing;

namespace Berth.Control.Tests.Deployments;

/// <summary>One deployment an app at a time: the line, and leaving it.</summary>
public sealed class QueueTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DeploymentPhase PhaseOf(ControlUnderTest house, string deployment) => house.Stores.Deployments.Find(deployment)!.Phase;

    private static DeploymentOutcome OutcomeOf(ControlUnderTest house, string deployment) => house.Stores.Deployments.Find(deployment)!.Outcome;

    /// <summary>Begins a deployment that hangs in its release command until the result is disposed.</summary>
    private static async Task<(string Deployment, IDisposable Release)> HangAsync(ControlUnderTest house)
    {
        var gate = house.Docker.Hold("POST /containers/create");
        var deployment = await house.BeginDeployAsync("demo", "web: serve\nrelease: echo migrated");
        await Eventually.HoldsAsync(() => PhaseOf(house, deployment) == DeploymentPhase.ReleaseCommand);
        return (deployment, gate);
    }

    [Fact]
    public async Task A_second_deployment_waits_and_says_for_which()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        var (first, gate) = await HangAsync(house);

        var second = await house.BeginDeployAsync("demo", "web: serve more");
        Assert.Equal(DeploymentPhase.Queued, PhaseOf(house, second));
        gate.Dispose();

        Assert.Equal(DeploymentOutcome.Succeeded, (await house.EndOfAsync(first)).Outcome);
        var events = await house.EventsOfAsync(second);
        Assert.Equal(DeploymentOutcome.Succeeded, events[^1].Result!.Outcome);
        Assert.Contains(first, events[0].Info);
        Assert.Equal(2, house.Active("demo").Number);
    }

    [Fact]
    public async Task Deployments_of_other_apps_do_not_wait()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        using var gate = house.Router.Hold();
        var held = await house.BeginDeployAsync("demo");
        await Eventually.HoldsAsync(() => PhaseOf(house, held) >= DeploymentPhase.Start);
        house.Control.Apps.Create("other");

        var other = await house.BeginDeployAsync("other");

        await Eventually.HoldsAsync(() => PhaseOf(house, other) >= DeploymentPhase.Start);
    }

    [Fact]
    public async Task More_deployments_than_the_line_takes_are_refused()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: h => h.Options = h.Options with { DeploymentQueue = 1 });
        house.Control.Apps.Create("demo");
        var (_, gate) = await HangAsync(house);
        using var _ = gate;
        await house.BeginDeployAsync("demo", "web: two");

        var refused = house.Control.Deployments.DeployImage(house.Stores.Apps.Find("demo")!, ControlUnderTest.Image, await house.ArchiveAsync(new Dictionary<string, string>()), force: false);

        Assert.Equal("deployment-queue-full", refused.Error?.Code);
    }

    [Fact]
    public async Task Leaving_the_line_does_not_let_the_next_one_overtake_the_first()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        var (first, gate) = await HangAsync(house);
        var second = await house.BeginDeployAsync("demo", "web: two");
        var third = await house.BeginDeployAsync("demo", "web: three");

        Assert.Null(house.Control.Deployments.Cancel(second).Error);
        Assert.Equal(DeploymentOutcome.Cancelled, (await house.EndOfAsync(second)).Outcome);
        // The third begins at the earliest when another app's deployment, asked for later, has run through.
        house.Control.Apps.Create("other");
        var probe = await house.BeginDeployAsync("other", "web: serve");
        await Eventually.HoldsAsync(() => PhaseOf(house, probe) >= DeploymentPhase.Start);
        Assert.Equal(DeploymentPhase.Queued, PhaseOf(house, third));

        gate.Dispose();
        Assert.Equal(DeploymentOutcome.Succeeded, (await house.EndOfAsync(first)).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await house.EndOfAsync(third)).Outcome);
    }

    [Fact]
    public async Task A_deployment_that_prepares_can_be_cancelled()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        var (deployment, gate) = await HangAsync(house);

        Assert.Null(house.Control.Deployments.Cancel(deployment).Error);
        gate.Dispose();

        Assert.Equal(DeploymentOutcome.Cancelled, (await house.EndOfAsync(deployment)).Outcome);
        Assert.Null(house.Stores.Apps.Find("demo")!.ActiveRelease);
        await Eventually.HoldsAsync(() => house.Docker.Containers.Count == 0);
    }

    [Fact]
    public async Task A_deployment_whose_sandboxes_start_can_be_cancelled_and_they_go()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: h => h.Planning = h.Planning with { SettleTime = TimeSpan.FromHours(1) });
        house.Control.Apps.Create("demo");
        var deployment = await house.BeginDeployAsync("demo", "worker: work");
        await Eventually.HoldsAsync(() => house.Running("demo", "worker").Count == 1);

        Assert.Null(house.Control.Deployments.Cancel(deployment).Error);

        Assert.Equal(DeploymentOutcome.Cancelled, (await house.EndOfAsync(deployment)).Outcome);
        await Eventually.HoldsAsync(() => house.Docker.Containers.Count == 0);
        Assert.Null(house.Stores.Apps.Find("demo")!.ActiveRelease);
    }

    [Fact]
    public async Task A_deployment_that_has_ended_cannot_be_cancelled()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        var deployment = await house.BeginDeployAsync("demo");
        await house.EndOfAsync(deployment);

        Assert.Equal("deployment-ended", house.Control.Deployments.Cancel(deployment).Error?.Code);
        Assert.Equal("deployment-not-found", house.Control.Deployments.Cancel("dep-none").Error?.Code);
        Assert.Equal(DeploymentOutcome.Succeeded, OutcomeOf(house, deployment));
    }

    [Fact]
    public async Task A_cancelled_deployment_never_takes_effect_even_if_the_switch_was_decided_before()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var release = house.Active("demo") with { Id = "demo-v2x", Number = 2 };
        // Between the steps below nothing may look at the app.
        await house.EndAsync();
        using (var state = StateStore.Open(house.Options.DatabaseFile))
        {
            var stores = new Stores(state, house.Time);
            stores.Deployments.Add(new() { Id = "dep-2", App = "demo", Phase = DeploymentPhase.Queued, Outcome = DeploymentOutcome.Running, StartedAt = house.Time.GetUtcNow(), Description = "" });
            stores.Releases.AddAsTarget(release, "dep-2");

            stores.Deployments.End("dep-2", DeploymentOutcome.Cancelled, "cancelled", house.Time.GetUtcNow());
            stores.Releases.Switch("demo", "dep-2", release);
        }
        await house.BeginAgainAsync();

        Assert.Equal(1, house.Active("demo").Number);
        Assert.Equal(DeploymentOutcome.Cancelled, OutcomeOf(house, "dep-2"));
    }

    [Fact]
    public async Task Deleting_an_app_ends_its_deployments_and_a_new_app_of_the_name_does_not_wait_for_them()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: h => h.Planning = h.Planning with { SettleTime = TimeSpan.FromHours(1) });
        house.Control.Apps.Create("demo");
        var starting = await house.BeginDeployAsync("demo", "worker: work");
        await Eventually.HoldsAsync(() => house.Running("demo", "worker").Count == 1);
        var waiting = await house.BeginDeployAsync("demo", "worker: more");
        var (first, second) = (house.EndOfAsync(starting), house.EndOfAsync(waiting));

        Assert.Null(house.Control.Apps.Delete("demo").Error);

        Assert.Equal(DeploymentOutcome.Cancelled, (await first.WaitAsync(TimeSpan.FromSeconds(60), Ct)).Outcome);
        Assert.Equal(DeploymentOutcome.Cancelled, (await second.WaitAsync(TimeSpan.FromSeconds(60), Ct)).Outcome);
        await Eventually.HoldsAsync(() => house.Stores.Apps.Find("demo") is null);
        house.Control.Apps.Create("demo");
        var again = await house.BeginDeployAsync("demo");
        await Eventually.HoldsAsync(() => PhaseOf(house, again) >= DeploymentPhase.Start);
    }
}
