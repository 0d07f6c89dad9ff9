using Berth.Control.Metrics;
using Berth.Control.Store;
using Berth.Model;
using Berth.Testing;

namespace Berth.Control.Tests.Reconciling;

/// <summary>What is kept of crashes after their containers are gone.</summary>
public sealed class CapsuleTests
{
    [Fact]
    public async Task A_crash_is_kept_with_its_release_the_last_good_one_and_its_last_lines()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo", "web: serve\nworker: work");
        await house.SetEnvAsync("demo", "A", "1");
        var worker = Assert.Single(house.Running("demo", "worker"));
        for (int i = 0; i < 600; i++)
            worker.Print($"line {i}\n");

        worker.Exit(137, outOfMemory: true);

        await Eventually.HoldsAsync(() => house.Stores.Capsules.Find(worker.Labels[Labels.Sandbox]) is { Lines.Count: > 0 } && !house.Docker.Containers.Contains(worker));
        var kept = house.Stores.Capsules.Find(worker.Labels[Labels.Sandbox])!;
        Assert.Equal(("demo", "worker", 137, true, 1), (kept.App, kept.Service, kept.ExitCode, kept.OutOfMemory, kept.Count));
        Assert.Equal(house.Active("demo").Id, kept.Release);
        Assert.Equal(house.Stores.Releases.Find("demo", 1)!.Id, kept.LastGood);
        Assert.Equal(500, kept.Lines.Count);
        Assert.Equal("line 599", kept.Lines[^1]);
        Assert.NotNull(kept.StartedAt);
    }

    [Fact]
    public async Task How_its_memory_went_is_kept_with_it()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        var curve = new MemoryCurve(64, 60, [new(house.Time.GetUtcNow(), 50), new(house.Time.GetUtcNow().AddSeconds(1), 59)]);

        house.Stores.Capsules.Add(Crash("web-1", "pool-1", house.Time.GetUtcNow()) with { Memory = curve });
        house.Stores.Capsules.Add(Crash("web-2", "pool-1", house.Time.GetUtcNow()));

        Assert.Equivalent(curve, house.Stores.Capsules.Find("web-1")!.Memory);
        Assert.Null(house.Stores.Capsules.Find("web-2")!.Memory);
    }

    [Fact]
    public async Task What_the_engine_does_not_start_is_kept_with_the_reason()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        for (int i = 0; i < 5; i++)
            house.Docker.FailNext("POST /containers/*/start", 400, "exec: \"serve\": executable file not found");

        Assert.Equal(DeploymentOutcome.Failed, (await house.DeployAsync("demo")).Outcome);

        Assert.All(house.Stores.Capsules.List("demo"), c => Assert.Contains("executable file not found", c.StartError, StringComparison.Ordinal));
        Assert.NotEmpty(house.Stores.Capsules.List("demo"));
    }

    [Fact]
    public async Task Crashes_of_a_broken_release_do_not_count_against_the_next()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        Assert.Equal(DeploymentOutcome.Failed, (await house.DeployAsync("demo", "web: exit 3")).Outcome);
        Assert.True(house.Stores.Crashes.List("demo").Values.Single().Count >= 3);

        // The next crashes once on its way, which is one crash and not the fourth.
        var deployment = await house.BeginDeployAsync("demo", "web: serve\nworker: work");
        await Eventually.HoldsAsync(() => house.Running("demo", "worker").Count == 1);
        house.Running("demo", "worker")[0].Exit(1);

        Assert.Equal(DeploymentOutcome.Succeeded, (await house.EndOfAsync(deployment)).Outcome);
        await Eventually.HoldsAsync(() => house.Stores.Capsules.List("demo").Any(c => c is { Service: "worker", Count: 1 }));
    }

    [Fact]
    public async Task One_that_crashes_all_day_takes_neither_its_first_crash_away_nor_those_of_others()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        var began = house.Time.GetUtcNow();
        house.Stores.Capsules.Add(Crash("other", "pool-other", began));
        for (int i = 0; i < 200; i++)
            house.Stores.Capsules.Add(Crash($"loop-{i}", "pool-loop", began.AddMinutes(i)));

        var kept = house.Stores.Capsules.List("demo").Select(c => c.Sandbox).ToList();

        Assert.Equal(CapsuleStore.PerPool + 2, kept.Count);
        Assert.Equal("loop-199", kept[0]);
        Assert.Contains("loop-0", kept);
        Assert.Contains("other", kept);

        for (int i = 0; i < 200; i++)
            house.Stores.Capsules.Add(Crash($"many-{i}", $"pool-{i}", began.AddDays(1)));
        Assert.Equal(CapsuleStore.PerApp, house.Stores.Capsules.List("demo").Count);
    }

    private static Capsule Crash(string sandbox, string pool, DateTimeOffset at) =>
        new() { Sandbox = sandbox, App = "demo", Pool = pool, Service = "worker", Release = "r", At = at, ExitCode = 1, OutOfMemory = false, Count = 1 };
}
