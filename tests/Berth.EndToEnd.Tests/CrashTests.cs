namespace Berth.EndToEnd.Tests;

/// <summary>A sandbox that ends by itself is replaced, and what it said is kept.</summary>
public sealed class CrashTests(SharedServer shared)
{
    [Fact]
    public async Task A_killed_web_process_is_replaced_and_its_logs_stay()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct, "CMD echo \"I am $BERTH_SANDBOX\"; httpd -f -p $PORT -h /www & echo $! >/tmp/pid; wait $!");
        (await berth.CliAsync("deploy", "--image", image.Reference, "-a", "crash-once")).Succeeded();
        var first = (string)Assert.Single(await berth.RunningAsync("crash-once", "cmd"))["id"]!;

        await berth.CliAsync("sandbox", "exec", first, "--", "sh", "-c", "kill -9 $(cat /tmp/pid)");

        await Eventually.TrueAsync("another sandbox runs", async () => await berth.RunningAsync("crash-once", "cmd") is [var other] && (string)other["id"]! != first, ct);
        await berth.PageAsync("crash-once");
        var ps = (await berth.CliAsync("ps", "crash-once")).Succeeded().Stdout;
        Assert.Contains($"exit code 137 (sandbox {first})", ps, StringComparison.Ordinal);
        var logs = (await berth.CliAsync("logs", "-a", "crash-once", "-s", first)).Succeeded().Stdout;
        Assert.Contains($"[cmd] I am {first}", logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_crashes_again_and_again_is_tried_later_and_later()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        // It lives long enough for its deployment to succeed.
        using var source = SourceFolder.With(("Procfile", $"web: {TinyImage.Web}\nflaky: sleep 3; echo \"the last words\"; exit 7\n"));
        (await berth.CliAsync("deploy", "--image", image.Reference, "--procfile", Path.Combine(source.Path, "Procfile"), "-a", "crash-often")).Succeeded();

        var crash = await Eventually.BecomesAsync("three crashes in a row", async () =>
            (await berth.AppAsync("crash-often"))["services"]!.AsArray().Single(s => (string)s!["name"]! == "flaky")!["last_crash"], c => c is not null && (int)c["count"]! >= 3, ct);

        Assert.Equal(7, (int)crash!["exit_code"]!);
        Assert.Contains("the last words", crash["last_lines"]!.AsArray().Select(l => (string)l!));
        Assert.NotNull(crash["next_try_at"]);
        var printed = (await berth.CliAsync("logs", "-a", "crash-often", "--service", "flaky", "-g", "\"the last words\"")).Succeeded().Stdout;
        Assert.True(printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length >= (int)crash["count"]!, $"more crashes were counted than happened: {crash}\n{printed}");
        var ps = (await berth.CliAsync("ps", "crash-often")).Succeeded().Stdout;
        Assert.Contains("times in a row", ps, StringComparison.Ordinal);
        Assert.Contains("the last words", ps, StringComparison.Ordinal);
        await berth.PageAsync("crash-often");
    }

    [Fact]
    public async Task Logs_are_followed_from_sandbox_to_sandbox_as_they_come()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct, "CMD echo \"hello from $BERTH_RELEASE\"; echo \"an error\" >&2; exec httpd -f -p $PORT -h /www");
        (await berth.CliAsync("deploy", "--image", image.Reference, "-a", "follow")).Succeeded();

        using var follower = berth.StartCli("logs", "-f", "-a", "follow");
        try
        {
            await ReadUntilAsync(follower.StandardOutput, "[cmd] hello from v1", ct);
            (await berth.CliAsync("env", "set", "A=b", "-a", "follow")).Succeeded();
            await ReadUntilAsync(follower.StandardOutput, "[cmd] hello from v2", ct);
            Assert.False(follower.HasExited);
        }
        finally
        {
            follower.Kill();
        }
        var logs = (await berth.CliAsync("logs", "-a", "follow", "-g", "\"an error\"")).Succeeded().Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, logs.Length);
        Assert.All(logs, line => Assert.Matches(@"^E \d{4}-\d\d-\d\d \d\d:\d\d:\d\d: \[cmd\] an error$", line));
    }

    private static async Task ReadUntilAsync(StreamReader reader, string text, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var seen = new List<string>();
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            seen.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
                return;
        }
        Assert.Fail($"the logs ended without \"{text}\":\n{string.Join('\n', seen)}");
    }
}
