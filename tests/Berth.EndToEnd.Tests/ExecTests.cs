using System.Text;

namespace Berth.EndToEnd.Tests;

/// <summary>Commands inside sandboxes, and config as it arrives there: byte for byte.</summary>
public sealed class ExecTests(SharedServer shared)
{
    [Fact]
    public async Task A_commands_exit_code_output_and_input_pass_unchanged()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeWebAsync(ct);
        (await berth.CliAsync("deploy", "--image", image.Reference, "-a", "exec")).Succeeded();
        var sandbox = (string)Assert.Single(await berth.RunningAsync("exec", "cmd"))["id"]!;

        var result = (await berth.CliAsync("exec", "-a", "exec", "-c", "echo out; echo err >&2; exit 42")).Exited(42);
        Assert.Equal(("out\n", "err\n"), (result.Stdout, result.Stderr));

        var bytes = new byte[300_000];
        new Random(7).NextBytes(bytes);
        Assert.Equal(bytes, (await berth.CliAsync(bytes, "sandbox", "exec", sandbox, "--", "cat")).Succeeded().Output);

        Assert.Equal("a b|$HOME|\n", (await berth.CliAsync("sandbox", "exec", sandbox, "--", "printf", "%s|%s|\\n", "a b", "$HOME")).Succeeded().Stdout);
        (await berth.CliAsync("sandbox", "exec", "exec-cmd-nobody", "--", "true")).Exited(3);
    }

    [Fact]
    public async Task A_command_whose_client_is_killed_does_not_stay_in_the_sandbox()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeWebAsync(ct);
        (await berth.CliAsync("deploy", "--image", image.Reference, "-a", "hangup")).Succeeded();
        Func<Task<string>> processes = async () => (await berth.CliAsync("exec", "-a", "hangup", "--", "ps")).Succeeded().Stdout;
        // The second ignores that it is hung up.
        using var first = berth.StartCli("exec", "-a", "hangup", "--", "sleep", "7777");
        using var second = berth.StartCli("exec", "-a", "hangup", "-c", "trap '' HUP; sleep 8888");
        await Eventually.BecomesAsync("both run", processes, p => p.Contains("7777", StringComparison.Ordinal) && p.Contains("8888", StringComparison.Ordinal), ct);

        foreach (var client in new[] { first, second })
        {
            client.Kill();
            await client.WaitForExitAsync(ct);
        }

        await Eventually.BecomesAsync("neither runs", processes, p => !p.Contains("7777", StringComparison.Ordinal) && !p.Contains("8888", StringComparison.Ordinal), ct);
    }

    [Fact]
    public async Task A_one_off_command_runs_beside_the_services_with_their_variables_and_leaves_nothing()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeWebAsync(ct);
        (await berth.CliAsync("deploy", "--image", image.Reference, "-a", "oneoff")).Succeeded();
        (await berth.CliAsync("env", "set", "-a", "oneoff", "GREETING=hi")).Succeeded();

        var result = (await berth.CliAsync("run", "-a", "oneoff", "-c", "echo $GREETING from $BERTH_RELEASE; echo err >&2; exit 42")).Exited(42);
        Assert.Equal(("hi from v2\n", "err\n"), (result.Stdout, result.Stderr));

        var bytes = new byte[300_000];
        new Random(8).NextBytes(bytes);
        Assert.Equal(bytes, (await berth.CliAsync(bytes, "run", "-a", "oneoff", "--", "cat")).Succeeded().Output);

        (await berth.CliAsync("run", "-a", "oneoff", "--", "no-such-program")).Exited(127);
        (await berth.CliAsync("run", "-a", "oneoff", "--process", "nobody", "--", "true")).Exited(3);
        await Eventually.BecomesAsync("only the service is left", async () => (await berth.Engine.ContainersAsync("berth.app=oneoff", ct)).Count, count => count == 1, ct);
    }

    [Fact]
    public async Task A_variables_value_arrives_byte_for_byte()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeWebAsync(ct);
        (await berth.CliAsync("deploy", "--image", image.Reference, "-a", "nasty")).Succeeded();
        (string Key, string Value)[] nasty =
        [
            ("QUOTES", "it's \"quoted\" `here`"),
            ("DOLLAR", "$HOME ${PATH} $(id) %PATH% !x"),
            ("MARKS", "# not a comment, a=b; c|d & e > f * ? [g] {h} ~ \\n \\"),
            ("LINES", "first\nsecond\r\n\tthird\n\n"),
            ("UNICODE", "grüße, 日本語, 🚢 \u200b\u202e"),
            ("BLANKS", "  around  "),
            ("EMPTY", ""),
            ("LONG", new string('x', 20_000)),
        ];

        (await berth.CliAsync(["env", "set", "-a", "nasty", .. nasty.Select(v => $"{v.Key}={v.Value}")])).Succeeded();

        var environment = (await berth.CliAsync("exec", "-a", "nasty", "--", "cat", "/proc/1/environ")).Succeeded().Output;
        var variables = Encoding.UTF8.GetString(environment).Split('\0');
        Assert.All(nasty, variable => Assert.Contains($"{variable.Key}={variable.Value}", variables));
        var listed = (await berth.CliAsync("env", "list", "nasty", "--format", "json")).Succeeded().Json.AsArray();
        Assert.All(nasty, variable => Assert.Equal(variable.Value, (string)listed.Single(v => (string)v!["key"]! == variable.Key)!["value"]!));
    }
}
