using System.Formats.Tar;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Berth.Cli.Tests;

public sealed class DeploymentTests
{
    private const string Deploy = "POST /v1/apps/shop/deployments";

    [Fact]
    public async Task A_deployment_shows_its_phases_as_lines_and_its_result_on_stdout()
    {
        await using var api = await FakeApi.StartAsync();
        api.Lines(Deploy, Wire.Event("queued", "\"text\":\"waits for dep-0\""), Wire.Phase("build", 1), Wire.Event("output", "\"text\":\"Step 1/2\\nSte\"", 2),
            Wire.Event("output", "\"text\":\"p 2/2\\r\\n50%\\r100%\\nlast\"", 3), "", Wire.Phase("start", 4), Wire.Phase("done", 5), Wire.Result("succeeded"));

        var run = await CommandRun.OfAsync(api, "deploy", "--image", "nginx", "-a", "shop");

        Assert.Equal("shop v2 deployed: http://shop.localhost:8080\n", run.Out);
        Assert.Equal(
            """
                waits for dep-0
            ==> build
                Step 1/2
                Step 2/2
                100%
                last
                done in 0.0s
            ==> start
                done in 0.0s
            ==> done

            """.ReplaceLineEndings("\n"), run.Error);
        Assert.Equal(ExitCodes.Done, run.ExitCode);
    }

    [Fact]
    public async Task A_failed_deployment_says_where_and_why_with_the_last_lines_and_exits_1()
    {
        await using var api = await FakeApi.StartAsync();
        api.Lines(Deploy, Wire.Phase("ready"), Wire.Result("failed", ",\"error\":\"web never listened on port 3000\",\"last_lines\":[\"starting\",\"bye\"]", "ready"));

        var run = await CommandRun.OfAsync(api, "deploy", "--image", "nginx", "-a", "shop");

        Assert.Equal(
            """
            ==> ready
                failed after 0.0s
            the last lines of the sandbox that failed:
                starting
                bye
            error: shop: failed in phase ready: web never listened on port 3000

            """.ReplaceLineEndings("\n"), run.Error);
        Assert.Empty(run.Out);
        Assert.Equal(ExitCodes.Failed, run.ExitCode);
    }

    [Fact]
    public async Task An_unchanged_deployment_says_so_and_exits_0()
    {
        await using var api = await FakeApi.StartAsync();
        api.Lines(Deploy, Wire.Result("unchanged"));

        var run = await CommandRun.OfAsync(api, "deploy", "--image", "nginx", "-a", "shop");

        Assert.Equal("shop v2 unchanged: nothing differs from what runs: http://shop.localhost:8080\n", run.Out);
        Assert.Equal(ExitCodes.Done, run.ExitCode);
    }

    [Fact]
    public async Task Diagnostics_are_shown_as_they_come()
    {
        await using var api = await FakeApi.StartAsync();
        api.Lines(Deploy, Wire.Event("diagnostic", """
            "diagnostic":{"code":"x","severity":"warning","message":"key is old","file":".miren/app.toml","line":3,"column":0}
            """.Trim()), Wire.Result("cancelled", phase: "build"));

        var run = await CommandRun.OfAsync(api, "deploy", "--image", "nginx", "-a", "shop");

        Assert.Equal(".miren/app.toml:3: warning: key is old\nerror: shop: cancelled in phase build\n", run.Error);
        Assert.Equal(ExitCodes.Failed, run.ExitCode);
    }

    [Fact]
    public async Task Format_json_prints_the_result_alone_on_stdout()
    {
        await using var api = await FakeApi.StartAsync();
        api.Lines(Deploy, Wire.Phase("build"), Wire.Result("succeeded"));

        var run = await CommandRun.OfAsync(api, "deploy", "--image", "nginx", "-a", "shop", "--format", "json");

        Assert.StartsWith("{\n  \"id\": \"dep-1\"", run.Out);
    }

    [Fact]
    public async Task A_broken_connection_is_taken_up_again_where_it_ended()
    {
        await using var api = await FakeApi.StartAsync();
        var error = new WatchedWriter("    one\n");
        api.On(Deploy, async context =>
        {
            await context.Response.WriteAsync(Wire.Phase("build", 1) + "\n" + Wire.Event("output", "\"text\":\"one\\n\"", 2) + "\n{\"type\":\"out");
            await context.Response.Body.FlushAsync();
            await error.Seen;
            context.Abort();
        });
        api.Lines("GET /v1/deployments/dep-1/events", Wire.Phase("build", 1), Wire.Event("output", "\"text\":\"one\\n\"", 2),
            Wire.Event("output", "\"text\":\"two\\n\"", 3), Wire.Result("succeeded"));

        var run = await CommandRun.OfAsync(api.Url, new TestTerminal(), ["deploy", "--image", "nginx", "-a", "shop"], error: error);

        Assert.Equal("==> build\n    one\n    connection lost; waiting for the server to come back\n    two\n    done in 0.0s\n", run.Error);
        Assert.Equal(ExitCodes.Done, run.ExitCode);
    }

    [Fact]
    public async Task Interrupting_detaches_and_says_how_to_go_on()
    {
        await using var api = await FakeApi.StartAsync();
        using var stop = new CancellationTokenSource();
        api.On(Deploy, async context =>
        {
            await context.Response.WriteAsync(Wire.Phase("build") + "\n");
            await context.Response.Body.FlushAsync();
            var gone = new TaskCompletionSource();
            using var _ = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        });
        var error = new WatchedWriter("==> build\n");

        var running = CommandRun.OfAsync(api.Url, new TestTerminal(), ["deploy", "--image", "nginx", "-a", "shop"], error: error, stop: stop);
        await error.Seen.WaitAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        var run = await running;

        Assert.EndsWith("detached; deployment dep-1 goes on. \"berth app history -a shop\" shows how it ends, \"berth deploy --cancel -a shop\" stops it\n", run.Error);
        Assert.Equal(ExitCodes.Interrupted, run.ExitCode);
    }

    [Fact]
    public async Task Config_of_an_app_without_a_release_is_kept_for_its_first()
    {
        await using var api = await FakeApi.StartAsync();
        api.Lines("PATCH /v1/apps/shop/env");

        var run = await CommandRun.OfAsync(api, "env", "set", "A=1", "-a", "shop");

        Assert.Equal("A set; the first deployment of shop will use it\n", run.Error);
        Assert.Equal(ExitCodes.Done, run.ExitCode);
    }

    [Fact]
    public async Task Cancel_stops_what_is_under_way()
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/apps/shop/deployments", $"[{Wire.Deployment("running", id: "dep-2")},{Wire.Deployment("failed")}]").Json("POST /v1/deployments/dep-2/cancel", "", 202);

        var run = await CommandRun.OfAsync(api, "deploy", "--cancel", "-a", "shop");

        Assert.Equal("dep-2 cancelled\n", run.Error);
        Assert.Equal("POST /v1/deployments/dep-2/cancel", api.Received[^1].Line);
    }

    [Fact]
    public async Task A_folder_goes_up_as_a_tar_without_what_is_ignored_under_the_name_in_its_app_toml()
    {
        using var folder = new SourceFolder().Write("Procfile", "web: x").Write("app.py", "print()").Write(".gitignore", "*.log\n").Write("x.log", "no")
            .Write(".berth/app.toml", "name = \"shop\"\n");
        await using var api = await FakeApi.StartAsync();
        api.Lines(Deploy, Wire.Result("succeeded"));

        var run = await CommandRun.OfAsync(api.Url, new TestTerminal(), ["deploy"], folder: folder.Path);

        Assert.True(run.ExitCode == 0, run.Error);
        var received = Assert.Single(api.Received);
        Assert.Equal(Deploy + "?create=true", received.Line);
        string[] wanted = [".berth/app.toml", ".gitignore", "Procfile", "app.py"];
        Assert.Equal(wanted, Names(received.Bytes).Where(name => !name.EndsWith('/')).Order(StringComparer.Ordinal));
        Assert.StartsWith("==> receive\n", run.Error);
    }

    [Fact]
    public async Task A_broken_app_toml_ends_the_command_before_anything_is_asked()
    {
        using var folder = new SourceFolder().Write(".berth/app.toml", "name = \n");
        await using var api = await FakeApi.StartAsync();

        var run = await CommandRun.OfAsync(api.Url, new TestTerminal(), ["env", "set", "A=1"], folder: folder.Path);

        Assert.StartsWith(".berth/app.toml:1:", run.Error);
        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Empty(api.Received);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_sent_says_why_and_nothing_is_deployed()
    {
        using var folder = new SourceFolder().Write("Procfile", "web: x");
        File.CreateSymbolicLink(System.IO.Path.Combine(folder.Path, "out"), "/etc/passwd");
        await using var api = await FakeApi.StartAsync();
        api.Lines(Deploy, Wire.Result("succeeded"));

        var run = await CommandRun.OfAsync(api.Url, new TestTerminal(), ["deploy", "-a", "shop"], folder: folder.Path);

        Assert.Contains("out", run.Error);
        Assert.Contains("cannot be sent; nothing was changed", run.Error);
        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task A_refused_upload_is_not_sent_and_its_reason_is_shown()
    {
        using var folder = new SourceFolder().Write("Procfile", "web: x").Write("big", new string('x', 4 << 20));
        await using var api = await FakeApi.StartAsync();
        api.BeforeBody(async context =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.ContentType = "application/problem+json";
            await context.Response.WriteAsync("""{"type":"/errors/token-missing","status":401,"detail":"a token is needed"}""");
        });

        var run = await CommandRun.OfAsync(api.Url, new TestTerminal(), ["deploy", "-a", "shop"], folder: folder.Path);

        Assert.EndsWith("error: a token is needed\n", run.Error);
        Assert.DoesNotContain("==> receive", run.Error);
        Assert.Equal(ExitCodes.Refused, run.ExitCode);
    }

    [Fact]
    public async Task A_procfile_for_an_image_goes_up_alone()
    {
        using var folder = new SourceFolder().Write("other/Proc", "worker: run\n");
        await using var api = await FakeApi.StartAsync();
        api.Lines(Deploy, Wire.Result("succeeded"));

        var run = await CommandRun.OfAsync(api.Url, new TestTerminal(), ["deploy", "--image", "nginx", "--procfile", "other/Proc", "-a", "shop"], folder: folder.Path);

        Assert.True(run.ExitCode == 0, run.Error);
        var body = Assert.Single(api.Received).Bytes;
        Assert.Equal(["Procfile"], Names(body));
        Assert.Contains("worker: run\n", Encoding.UTF8.GetString(body));
    }

    [Fact]
    public async Task A_terminal_gets_one_line_a_phase_and_dimmed_output()
    {
        await using var api = await FakeApi.StartAsync();
        api.Lines(Deploy, Wire.Phase("build", 1), Wire.Event("output", "\"text\":\"\\u001b[2Jcompiling\\n\"", 2), Wire.Phase("done", 3), Wire.Result("succeeded"));

        var run = await CommandRun.OfAsync(api.Url, new TestTerminal(isTerminal: true), ["deploy", "--image", "nginx", "-a", "shop"]);

        Assert.Contains("\e[2m  ^[[2Jcompiling\e[0m\n", run.Error);
        Assert.Contains("\e[32m✓\e[0m build \e[2m0.0s\e[0m\n", run.Error);
        Assert.EndsWith("\e[32m✓\e[0m done\n", run.Error);
    }

    private static List<string> Names(byte[] tar)
    {
        using var reader = new TarReader(new MemoryStream(tar));
        var names = new List<string>();
        while (reader.GetNextEntry() is { } entry)
            names.Add(entry.Name);
        return names;
    }
}
