namespace Berth.EndToEnd.Tests;

/// <summary>The samples that do what apps should not: the deployment fails, says why, and the release before goes on serving.</summary>
public sealed class MisbehavingTests(SharedServer shared)
{
    [Fact]
    public async Task A_service_that_exits_at_once_fails_with_its_code_and_last_words()
    {
        var berth = await shared.StartedAsync();
        await using var good = await DeployGoodAsync(berth, "exits");

        var failed = (await berth.CliAsync("deploy", SourceFolder.Sample("misbehaving", "exits-at-once"), "-a", "exits")).Exited(1);

        Assert.Contains("service web", failed.Stderr, StringComparison.Ordinal);
        Assert.Contains("exit code 3", failed.Stderr, StringComparison.Ordinal);
        Assert.Contains("cannot find my config", failed.Stderr, StringComparison.Ordinal);
        await AssertGoodServesAsync(berth, "exits");
    }

    [Theory]
    [InlineData("never-listens", "I will never listen", "it listens on no port at all")]
    [InlineData("wrong-port", "listening on port 9999", "it listens on 9999, not on the 3000 of $PORT; listen on $PORT, or write port = 9999 in app.toml")]
    [InlineData("loopback-only", "", "it listens only on 127.0.0.1:3000, where nothing outside of its sandbox reaches it; bind to 0.0.0.0")]
    public async Task A_service_that_cannot_be_reached_fails_with_what_it_listens_on_and_its_last_words(string sample, string words, string advice)
    {
        var berth = await shared.StartedAsync();
        await using var good = await DeployGoodAsync(berth, sample);
        using var source = SourceFolder.CopyOf("misbehaving", sample);
        // A minute, the default, is long for a test.
        source.Write(".berth/app.toml", "[services.web.health]\ntype = \"port\"\nstartup_timeout = \"5s\"\n");

        var failed = (await berth.CliAsync("deploy", source.Path, "-a", sample)).Exited(1);

        Assert.Contains("service web", failed.Stderr, StringComparison.Ordinal);
        Assert.Contains("port 3000", failed.Stderr, StringComparison.Ordinal);
        Assert.Contains(words, failed.Stderr, StringComparison.Ordinal);
        Assert.Contains(advice, failed.Stderr, StringComparison.Ordinal);
        await AssertGoodServesAsync(berth, sample);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var berth = await shared.StartedAsync();
        await using var good = await DeployGoodAsync(berth, "missing-program");
        using var source = SourceFolder.With(("Procfile", "web: gunicornn app:app\n"));

        var failed = (await berth.CliAsync("deploy", "--image", good.Reference, "--procfile", Path.Combine(source.Path, "Procfile"), "-a", "missing-program")).Exited(1);

        Assert.Contains("service web", failed.Stderr, StringComparison.Ordinal);
        Assert.Contains("gunicornn", failed.Stderr, StringComparison.Ordinal);
        Assert.Contains("127", failed.Stderr, StringComparison.Ordinal);
        await AssertGoodServesAsync(berth, "missing-program");
    }

    [Fact]
    public async Task A_program_that_is_not_there_and_needs_no_shell_is_named()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var good = await DeployGoodAsync(berth, "missing-exec");
        await using var broken = await TinyImage.MakeAsync(ct, """CMD ["/bin/no-such-server"]""");

        var failed = (await berth.CliAsync("deploy", "--image", broken.Reference, "-a", "missing-exec")).Exited(1);

        Assert.Contains("service cmd", failed.Stderr, StringComparison.Ordinal);
        Assert.Contains("no-such-server", failed.Stderr, StringComparison.Ordinal);
        await AssertGoodServesAsync(berth, "missing-exec");
    }

    [Fact]
    public async Task A_service_that_is_deaf_to_SIGTERM_is_replaced_all_the_same_without_a_failed_request()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        using var source = SourceFolder.CopyOf("misbehaving", "ignores-sigterm");
        source.Write(".berth/app.toml", "[services.web]\nstop_timeout = \"2s\"\n");
        (await berth.CliAsync("deploy", source.Path, "-a", "deaf")).Succeeded();
        var before = Assert.Single(await berth.RunningAsync("deaf", "web"))["id"]!.ToString();
        await using var load = SteadyLoad.On(berth, "deaf");
        await load.AnsweredAsync(50, ct);

        (await berth.CliAsync("env", "set", "A=b", "-a", "deaf")).Succeeded();

        await Eventually.TrueAsync("the deaf sandbox is gone", async () => (await berth.Engine.ContainersAsync($"berth.sandbox={before}", ct)).Count == 0, ct);
        await load.AnsweredAsync(50, ct);
        await load.EndWithoutFailureAsync(atLeast: 100);
    }

    private static async Task<TinyImage> DeployGoodAsync(BerthServer berth, string app)
    {
        var image = await TinyImage.MakeWebAsync(TestContext.Current.CancellationToken);
        (await berth.CliAsync("create", app)).Succeeded();
        (await berth.CliAsync("env", "set", "GREETING=good", "-a", app)).Succeeded();
        (await berth.CliAsync("deploy", "--image", image.Reference, "-a", app)).Succeeded();
        return image;
    }

    private static async Task AssertGoodServesAsync(BerthServer berth, string app)
    {
        Assert.Equal("good\n", await berth.PageAsync(app));
        var shown = await berth.AppAsync(app);
        Assert.Equal("v1", (string)shown["release"]!);
        await Eventually.TrueAsync("only the good release's sandbox is left", async () =>
        {
            var sandboxes = await berth.Engine.ContainersAsync($"berth.app={app}", TestContext.Current.CancellationToken);
            return sandboxes.Count(c => c.State == "running") == 1 && sandboxes.All(c => c.Labels["berth.release"] == (string)shown["version"]!);
        }, TestContext.Current.CancellationToken);
    }
}
