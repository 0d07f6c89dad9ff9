namespace Berth.EndToEnd.Tests;

/// <summary>Deployments beside each other and after each other.</summary>
public sealed class DeployTests(SharedServer shared)
{
    [Fact]
    public async Task The_same_source_again_changes_nothing_unless_forced()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = SourceFolder.With(("Dockerfile", $"FROM {image.Reference}\nCOPY page /www/index.html\nCMD exec httpd -f -p $PORT -h /www\n"), ("page", "same\n"));
        (await berth.CliAsync("deploy", source.Path, "-a", "same")).Succeeded();
        var sandbox = (string)Assert.Single(await berth.RunningAsync("same", "cmd"))["id"]!;

        var again = (await berth.CliAsync("deploy", source.Path, "-a", "same")).Succeeded();

        Assert.Contains("unchanged", again.Stdout, StringComparison.Ordinal);
        Assert.Equal("v1", (string)(await berth.AppAsync("same"))["release"]!);
        Assert.Equal(sandbox, (string)Assert.Single(await berth.RunningAsync("same", "cmd"))["id"]!);
        (await berth.CliAsync("deploy", source.Path, "-a", "same", "--force")).Succeeded();
        Assert.Equal("v2", (string)(await berth.AppAsync("same"))["release"]!);
    }

    [Fact]
    public async Task A_second_deployment_waits_for_the_first_and_says_so()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var slow = SlowSource(image, "first");
        using var quick = SourceFolder.With(("Dockerfile", $"FROM {image.Reference}\nENV GREETING=second\nCMD {TinyImage.Web}\n"));

        var first = berth.CliAsync("deploy", slow.Path, "-a", "queue");
        await Eventually.TrueAsync("the first is building", async () => await PhaseAsync(berth, "queue") == "build", ct);
        var second = berth.CliAsync("deploy", quick.Path, "-a", "queue");

        (await first).Succeeded();
        Assert.Contains("waiting for", (await second).Succeeded().Stderr, StringComparison.Ordinal);
        Assert.Equal("second\n", await berth.PageAsync("queue"));
        Assert.Equal(["v2", "v1"], (await HistoryAsync(berth, "queue")).Select(d => (string)d["release"]!));
    }

    [Fact]
    public async Task A_cancelled_deployment_changes_nothing()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var slow = SlowSource(image, "cancelled");

        var deploy = berth.CliAsync("deploy", slow.Path, "-a", "cancel");
        await Eventually.TrueAsync("it is building", async () => await PhaseAsync(berth, "cancel") == "build", ct);
        (await berth.CliAsync("deploy", "--cancel", "-a", "cancel")).Succeeded();

        Assert.Contains("cancelled", (await deploy).Exited(1).Stderr, StringComparison.Ordinal);
        Assert.Null((string?)(await berth.AppAsync("cancel"))["version"]);
        Assert.Equal("cancelled", (string)Assert.Single(await HistoryAsync(berth, "cancel"))["outcome"]!);
        Assert.Empty(await berth.Engine.ContainersAsync("berth.app=cancel", ct));
    }

    [Fact]
    public async Task A_restart_replaces_every_sandbox_without_a_failed_request()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeWebAsync(ct);
        (await berth.CliAsync("deploy", "--image", image.Reference, "-a", "restart")).Succeeded();
        (await berth.CliAsync("scale", "cmd=2", "-a", "restart")).Succeeded();
        var before = (await berth.RunningAsync("restart", "cmd")).Select(s => (string)s["id"]!).ToList();
        await using var load = SteadyLoad.On(berth, "restart");
        await load.AnsweredAsync(50, ct);

        (await berth.CliAsync("restart", "restart")).Succeeded();

        var after = (await berth.RunningAsync("restart", "cmd")).Select(s => (string)s["id"]!).ToList();
        Assert.Equal((2, 2), (before.Count, after.Count));
        Assert.Empty(before.Intersect(after));
        Assert.Equal("v1", (string)(await berth.AppAsync("restart"))["release"]!);
        await load.AnsweredAsync(50, ct);
        await load.EndWithoutFailureAsync(atLeast: 100);
    }

    private static SourceFolder SlowSource(TinyImage image, string greeting) =>
        SourceFolder.With(("Dockerfile", $"FROM {image.Reference}\nENV GREETING={greeting}\nRUN sleep 6\nCMD {TinyImage.Web}\n"));

    private static async Task<string?> PhaseAsync(BerthServer berth, string app)
    {
        var history = await berth.CliAsync("app", "history", app, "--format", "json");
        return history.ExitCode == 0 ? (string?)history.Json.AsArray().FirstOrDefault()?["phase"] : null;
    }

    private static async Task<IReadOnlyList<System.Text.Json.Nodes.JsonNode>> HistoryAsync(BerthServer berth, string app) =>
        [.. (await berth.CliAsync("app", "history", app, "--format", "json")).Succeeded().Json.AsArray().Select(d => d!)];
}
