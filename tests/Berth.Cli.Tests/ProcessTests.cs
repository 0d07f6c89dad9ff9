using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Berth.Cli.Tests;

/// <summary>The program itself, as a shell starts it.</summary>
public sealed class ProcessTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "berth");

    [Fact]
    public async Task Version_is_one_line_and_needs_no_server()
    {
        var run = await RunAsync("$BERTH --version", "http://127.0.0.1:1");

        Assert.Matches("^berth [0-9]+\\.[0-9]+\\.[0-9]+\n$", run.Out);
        Assert.Empty(run.Error);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("$BERTH frobnicate", ExitCodes.Usage)]
    [InlineData("$BERTH app shop", ExitCodes.NotFound)]
    [InlineData("$BERTH apps", ExitCodes.Done)]
    [InlineData("BERTH_URL=http://127.0.0.1:1 $BERTH apps", ExitCodes.Unreachable)]
    public async Task Exit_codes_reach_the_shell(string script, int exitCode)
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/apps", "[]").Problem("GET /v1/apps/shop", 404, "app-not-found", "there is no app shop");

        var run = await RunAsync(script, api.Url);

        Assert.True(exitCode == run.ExitCode, run.Error);
        Assert.DoesNotContain("   at ", run.Error);
    }

    [Fact]
    public async Task Logs_that_nobody_reads_any_more_end_without_a_word()
    {
        await using var api = await FakeApi.StartAsync();
        api.On("GET /v1/apps/shop/logs", async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(Wire.Log + "\n", CancellationToken.None);
        });

        var run = await RunAsync("{ $BERTH logs shop -f; echo $? >&2; } | head -n 1", api.Url);

        Assert.Equal("E 2024-01-15 10:30:45: [web] boom \e[31mred\n", run.Out);
        Assert.Equal("141\n", run.Error);
    }

    [Fact]
    public async Task A_followed_log_line_appears_before_the_next_comes()
    {
        await using var api = await FakeApi.StartAsync();
        var seen = new TaskCompletionSource();
        api.On("GET /v1/apps/shop/logs", async context =>
        {
            await context.Response.WriteAsync(Wire.Log + "\n");
            await context.Response.Body.FlushAsync();
            await seen.Task;
        });
        using var process = Start("$BERTH logs shop -f", api.Url);

        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        seen.SetResult();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("E 2024-01-15", line);
    }

    [Fact]
    public async Task Server_without_a_berthd_beside_it_says_so()
    {
        var run = await RunAsync("$BERTH server --state x", "http://127.0.0.1:1");

        Assert.Contains("there is no berthd at ", run.Error);
        Assert.Equal(ExitCodes.Failed, run.ExitCode);
    }

    [Fact]
    public async Task Completion_knows_commands_and_options()
    {
        var commands = await RunAsync("$BERTH complete -- re", "http://127.0.0.1:1");
        var options = await RunAsync("$BERTH complete -- logs --f", "http://127.0.0.1:1");

        Assert.Equal(["releases", "restart"], commands.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(word => word.StartsWith("re", StringComparison.Ordinal)));
        Assert.Contains("--follow", options.Out);
    }

    private static async Task<CommandRun> RunAsync(string script, string url)
    {
        using var process = Start(script, url);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new CommandRun(process.ExitCode, await output, await error);
    }

    private static Process Start(string script, string url)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        start.Environment["BERTH"] = Program;
        start.Environment["BERTH_URL"] = url;
        start.Environment["BERTH_TOKEN"] = "t0ken";
        return Process.Start(start)!;
    }
}
