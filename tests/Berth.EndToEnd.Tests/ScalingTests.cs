namespace Berth.EndToEnd.Tests;

/// <summary>Services that follow demand: asleep when nobody comes, awake at the first request, more of them while many come. No visitor notices.</summary>
public sealed class ScalingTests(SharedServer shared)
{
    [Fact]
    public async Task An_idle_service_is_frozen_and_the_next_requests_are_answered_all_the_same()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await DeployAsync(berth, "nap", "scale_down_delay = \"1s\"");
        await AsleepAsync(berth, "nap", ct);
        var sandbox = (string)Assert.Single(await berth.SandboxesAsync("nap"))["id"]!;
        Assert.Equal("asleep", (await berth.CliAsync("app", "status", "nap")).Succeeded().Stdout.Trim());

        var pages = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => berth.PageAsync("nap")));

        Assert.All(pages, page => Assert.Equal("awake\n", page));
        await AsleepAsync(berth, "nap", ct);
        Assert.Equal(sandbox, (string)Assert.Single(await berth.SandboxesAsync("nap"))["id"]!);
        var explained = (await berth.CliAsync("scale", "--explain", "-a", "nap", "--format", "json")).Succeeded().Json;
        Assert.Contains(explained["changes"]!.AsArray(), change => (int)change!["from"]! == 0 && ((string)change["reason"]!).Contains("request", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sleeper_is_stopped_after_the_standby_delay_and_a_request_starts_another()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await DeployAsync(berth, "sleeper", "scale_down_delay = \"1s\"\nstandby_delay = \"1s\"");

        await Eventually.BecomesAsync("nothing of it runs", async () => (await berth.Engine.ContainersAsync("berth.app=sleeper", ct)).Count, count => count == 0, ct);

        Assert.Equal("awake\n", await berth.PageAsync("sleeper"));
    }

    [Fact]
    public async Task A_sleeping_app_can_be_deployed_and_wakes_as_the_new_release()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await DeployAsync(berth, "dreamer", "scale_down_delay = \"1s\"");
        await AsleepAsync(berth, "dreamer", ct);

        (await berth.CliAsync("env", "set", "GREETING=changed", "-a", "dreamer")).Succeeded();

        await AsleepAsync(berth, "dreamer", ct);
        Assert.Equal("changed\n", await berth.PageAsync("dreamer"));
    }

    [Fact]
    public async Task More_requests_than_one_can_take_start_more_up_to_the_bound()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await DeployAsync(berth, "crowd", "requests_per_instance = 1\nmax_instances = 3\nscale_down_delay = \"1s\"");

        var slow = Enumerable.Range(0, 6).Select(_ => berth.GetAsync("crowd", "/cgi-bin/slow")).ToList();
        await Eventually.BecomesAsync("three run", async () => (await berth.RunningAsync("crowd", "web")).Count, count => count == 3, ct);

        Assert.All(await Task.WhenAll(slow), answer => Assert.Equal((200, "slow\n"), answer));
        await AsleepAsync(berth, "crowd", ct);
        Assert.Single(await berth.Engine.ContainersAsync("berth.app=crowd", ct));
    }

    [Fact]
    public async Task A_command_in_a_sleeper_wakes_it_and_it_is_not_frozen_meanwhile()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await DeployAsync(berth, "shell", "scale_down_delay = \"1s\"");
        await AsleepAsync(berth, "shell", ct);
        var sandbox = (string)Assert.Single(await berth.SandboxesAsync("shell"))["id"]!;

        var run = (await berth.CliAsync("sandbox", "exec", sandbox, "--", "sh", "-c", "sleep 4; echo still here")).Succeeded();

        Assert.Equal("still here\n", run.Stdout);
        await AsleepAsync(berth, "shell", ct);
    }

    [Fact]
    public async Task A_restart_of_berthd_wakes_nobody()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var berth = await BerthServer.StartNewAsync(ct);
        await DeployAsync(berth, "deep", "scale_down_delay = \"1s\"");
        await AsleepAsync(berth, "deep", ct);

        await berth.KillAsync();
        await berth.StartAsync(ct);

        Assert.Equal("standby", (string)Assert.Single(await berth.SandboxesAsync("deep"))["status"]!);
        Assert.Equal("awake\n", await berth.PageAsync("deep"));
    }

    private static async Task DeployAsync(BerthServer berth, string app, string concurrency)
    {
        await using var image = await TinyImage.MakeAsync(TestContext.Current.CancellationToken);
        using var source = SourceFolder.With(
            ("Dockerfile", $"FROM {image.Reference}\nENV GREETING=awake\nCOPY slow /www/cgi-bin/slow\nRUN chmod +x /www/cgi-bin/slow\n"),
            ("slow", "#!/bin/sh\nsleep 5\nprintf 'Content-Type: text/plain\\r\\n\\r\\nslow\\n'\n"),
            (".berth/app.toml", $"[services.web]\ncommand = '''{TinyImage.Web}'''\n[services.web.concurrency]\nmode = \"auto\"\n{concurrency}\n"));
        (await berth.CliAsync("deploy", source.Path, "-a", app)).Succeeded();
    }

    private static Task AsleepAsync(BerthServer berth, string app, CancellationToken ct) => Eventually.BecomesAsync(
        $"{app} sleeps", async () => string.Join(", ", (await berth.SandboxesAsync(app)).Select(s => (string)s["status"]!)), all => all == "standby", ct);
}
