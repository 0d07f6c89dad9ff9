namespace Berth.EndToEnd.Tests;

/// <summary>The examples of Deis's page about process types, read out of the page. What cannot be had is replaced, and said in place.</summary>
public sealed class DeisTests(SharedServer shared)
{
    private const string Page = "deis-process-types.md";

    /// <summary>centos is in a registry, and SimpleHTTPServer was the name of Python 2: stack/python has http.server.</summary>
    private static string Dockerfile() => string.Join('\n', ReferencePage.Read(Page).BlockFrom("FROM centos"))
        .Replace("centos:latest", "stack/python", StringComparison.Ordinal).Replace("SimpleHTTPServer", "http.server", StringComparison.Ordinal) + "\n";

    [Fact]
    public async Task A_Dockerfile_with_only_a_CMD_runs_as_cmd_on_the_port_it_exposes()
    {
        var berth = await shared.StartedAsync();
        using var source = SourceFolder.With(("Dockerfile", Dockerfile() + "EXPOSE 5000\n"));

        (await berth.CliAsync("deploy", source.Path, "-a", "deis-expose")).Succeeded();

        await AssertServedByCmdAsync(berth, "deis-expose");
    }

    [Fact]
    public async Task A_Dockerfile_with_only_a_CMD_runs_as_cmd_on_the_port_that_app_toml_names()
    {
        var berth = await shared.StartedAsync();
        using var source = SourceFolder.With(("Dockerfile", Dockerfile()), (".berth/app.toml", "[services.cmd]\nport = 5000\n"));

        (await berth.CliAsync("deploy", source.Path, "-a", "deis-port")).Succeeded();

        await AssertServedByCmdAsync(berth, "deis-port");
    }

    [Fact]
    public async Task A_CMD_on_a_port_that_nothing_names_fails_with_the_port_that_was_tried_and_what_to_do()
    {
        var berth = await shared.StartedAsync();
        using var source = SourceFolder.With(("Dockerfile", Dockerfile()), (".berth/app.toml", "[services.cmd.health]\ntype = \"port\"\nstartup_timeout = \"3s\"\n"));

        var failed = (await berth.CliAsync("deploy", source.Path, "-a", "deis-no-port")).Exited(1);

        Assert.Contains("service cmd", failed.Stderr, StringComparison.Ordinal);
        Assert.Contains("port 3000", failed.Stderr, StringComparison.Ordinal);
        Assert.Contains("$PORT", failed.Stderr, StringComparison.Ordinal);
        Assert.Null((string?)(await berth.AppAsync("deis-no-port"))["version"]);
    }

    [Fact]
    public async Task A_Procfile_replaces_the_implied_cmd_and_declares_web_and_worker()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var ruby = await TinyImage.MakeAsync(ct, "CMD exit 1");
        var web = ReferencePage.Read(Page).BlockFrom("web: ")[0];
        using var source = SourceFolder.With(("Procfile", web + "\nworker: bundle exec rake jobs:work\n"), RubyStandIn.Bundle, RubyStandIn.Dockerfile(ruby));

        (await berth.CliAsync("deploy", source.Path, "-a", "deis-procfile")).Succeeded();

        Assert.StartsWith("rails on port 3000", await berth.PageAsync("deis-procfile"), StringComparison.Ordinal);
        Assert.Single(await berth.RunningAsync("deis-procfile", "worker"));
        Assert.Empty(await berth.RunningAsync("deis-procfile", "cmd"));
    }

    private static async Task AssertServedByCmdAsync(BerthServer berth, string app)
    {
        // The example copies its own folder to /app and serves what is there.
        Assert.Contains("CMD python", await berth.PageAsync(app, "/Dockerfile"), StringComparison.Ordinal);
        Assert.Single(await berth.RunningAsync(app, "cmd"));
    }
}
