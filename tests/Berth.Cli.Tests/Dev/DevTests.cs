using System.Diagnostics;
using System.Text;

namespace Berth.Cli.Tests.Dev;

/// <summary><c>berth dev</c> as a person runs it, with real processes.</summary>
public sealed class DevTests : IDisposable
{
    private static int s_marks;

    private readonly SourceFolder _folder = new();

    /// <summary>Seconds that nobody else sleeps: by them this test's processes are found.</summary>
    private readonly int _mark = (Environment.ProcessId * 100) + Interlocked.Increment(ref s_marks) + 100_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task When_one_exits_all_are_stopped_and_its_code_is_the_exit_code()
    {
        _folder.Write("Procfile", $"web: cat ready; exit 3\nworker: trap 'echo stopping; exit 0' TERM; echo >ready; sleep {_mark} & wait\n");

        var run = await RunAsync("mkfifo ready; exec $BERTH dev");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("web.1    | exited with code 3\n", run.Out);
        Assert.Contains("system   | sending SIGTERM to all processes\n", run.Out);
        Assert.Contains("worker.1 | stopping\n", run.Out);
        Assert.Contains("worker.1 | exited with code 0\n", run.Out);
        Assert.Empty(Left());
    }

    [Fact]
    public async Task Output_is_complete_and_in_order_and_each_line_bears_time_and_name()
    {
        _folder.Write("Procfile", """web: echo out; echo err >&2; printf 'bad \377 byte\n'; printf 'gr\303\274n\r\n'; head -c 20000 /dev/zero | tr '\0' x; echo; seq 3000; printf 'no end of line'""");

        var run = await RunAsync("exec $BERTH dev");

        var lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(@"^[0-9]{2}:[0-9]{2}:[0-9]{2} web\.1  \| ", line));
        Assert.Equal(
            ["out", "err", "bad \uFFFD byte", "grün", new string('x', 16384), new string('x', 20000 - 16384), .. Enumerable.Range(1, 3000).Select(n => $"{n}"), "no end of line", "exited with code 0"],
            lines.Skip(1).Select(line => line["00:00:00 web.1  | ".Length..]));
    }

    [Fact]
    public async Task What_a_process_has_started_is_stopped_however_it_got_away()
    {
        var escape = $"setsid sh -c 'trap \"\" TERM; echo >escaped; sleep {_mark}; sleep {_mark}' >/dev/null 2>&1 &";
        _folder.Write("Procfile", $"web: sh -c 'sleep {_mark} & wait' & ({escape}); cat escaped; exit 5\n");

        var run = await RunAsync("mkfifo escaped; exec $BERTH dev -t 0.2");

        Assert.Equal(5, run.ExitCode);
        Assert.Contains("system | sending SIGKILL to what still runs after 0.2 s\n", run.Out);
        Assert.Empty(Left());
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task A_signal_stops_all_in_order(string signal, int exitCode)
    {
        _folder.Write("Procfile", $"web: trap 'echo bye; exit 0' TERM; echo ready; sleep {_mark} & wait\n");
        using var berth = Start("exec $BERTH dev");

        var before = await ReadUntilAsync(berth, "ready");
        Send(signal, berth);
        var after = await berth.StandardOutput.ReadToEndAsync(Ct);
        await berth.WaitForExitAsync(Ct);

        Assert.Contains("web.1  | started with pid ", before);
        Assert.Contains($"system | SIG{signal} received, stopping\n", after);
        Assert.Contains("web.1  | bye\n", after);
        Assert.Equal(exitCode, berth.ExitCode);
        Assert.Empty(Left());
    }

    [Fact]
    public async Task A_second_signal_kills_at_once()
    {
        _folder.Write("Procfile", $"web: trap '' TERM; echo ready; while :; do sleep {_mark}; done\n");
        using var berth = Start("exec $BERTH dev -t 3600");

        await ReadUntilAsync(berth, "ready");
        Send("INT", berth);
        await ReadUntilAsync(berth, "sending SIGTERM");
        Send("INT", berth);
        var after = await berth.StandardOutput.ReadToEndAsync(Ct);
        await berth.WaitForExitAsync(Ct);

        Assert.Contains("web.1  | exited with code 137 (SIGKILL)\n", after);
        Assert.Equal(130, berth.ExitCode);
        Assert.Empty(Left());
    }

    [Fact]
    public async Task Processes_whose_output_nobody_reads_any_more_are_stopped()
    {
        _folder.Write("Procfile", $"web: while :; do echo more; done\nworker: sleep {_mark}\n");

        var run = await RunAsync("{ $BERTH dev; echo $? >&2; } | head -n 2");

        Assert.Equal("141\n", run.Error);
        Assert.Empty(Left());
    }

    [Fact]
    public async Task Variables_come_from_shell_file_and_definition()
    {
        _folder.Write("Procfile", "web: echo \"$PORT $PS $BERTH_APP $BERTH_SERVICE $A $B $C\"; exit 4\n")
            .Write(".env", "PORT=6000\nA='from file'\nB=file\n")
            .Write(".berth/app.toml", "name = \"shop\"\n[[env]]\nkey = \"C\"\nvalue = \"definition\"\n");

        var run = await RunAsync("A=shell B=shell PORT=7000 exec $BERTH dev");

        Assert.Contains("web.1  | 6000 web.1 shop web from file file definition\n", run.Out);
        Assert.Equal(4, run.ExitCode);
    }

    [Fact]
    public async Task The_port_of_the_command_line_comes_before_those_of_file_and_shell()
    {
        _folder.Write("Procfile", "web: exit 1\nworker: echo \"port $PORT\"; test $PS = worker.2\n").Write(".env", "PORT=6000\n");

        var run = await RunAsync("PORT=7000 exec $BERTH dev worker -m worker=2 -p 5500");

        Assert.Contains("worker.1 | port 5600\n", run.Out);
        Assert.Contains("worker.2 | port 5601\n", run.Out);
        Assert.DoesNotContain("web.1", run.Out);
    }

    [Fact]
    public async Task A_service_that_cannot_be_run_here_is_named()
    {
        _folder.Write("Procfile", "web: echo here\n").Write(".berth/app.toml", "[services.cmd]\n[services.db]\nargs = [\"serve\"]\n");

        var run = await RunAsync("exec $BERTH dev");

        Assert.Contains("service cmd is left out: it has no command", run.Error);
        Assert.Contains("service db is left out: it has no command", run.Error);
        Assert.Contains("web.1  | here\n", run.Out);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task A_service_with_an_image_is_named_where_there_is_no_engine()
    {
        _folder.Write("Procfile", "web: echo here\n").Write(".berth/app.toml", "[services.db]\nimage = \"postgres:16\"\n");

        var run = await RunAsync("DOCKER_HOST=unix:///nowhere/docker.sock $BERTH dev; DOCKER_HOST=unix:///nowhere/docker.sock exec $BERTH dev db");

        Assert.Contains("service db is left out: it runs image postgres:16, and no Docker Engine answers here", run.Error);
        Assert.Contains("web.1  | here\n", run.Out);
        Assert.Contains("nothing to run: no service of the app in ", run.Error);
        Assert.Equal(ExitCodes.Failed, run.ExitCode);
    }

    [Theory]
    [InlineData("$BERTH dev", "defines no service", ExitCodes.Failed)]
    [InlineData("$BERTH dev nowhere/", "is no folder", ExitCodes.Usage)]
    [InlineData("$BERTH dev app wroker", "did you mean \"worker\"?", ExitCodes.Usage)]
    [InlineData("$BERTH dev ./broken", "broken that define the app have errors; nothing was started", ExitCodes.Failed)]
    [InlineData("$BERTH dev app -e none", "none; -e names a file of variables", ExitCodes.Usage)]
    [InlineData("$BERTH dev app -f none", "there is no Procfile at ", ExitCodes.Usage)]
    [InlineData("$BERTH dev app -p http", "-p \"http\" is no port", ExitCodes.Usage)]
    [InlineData("PORT=http $BERTH dev app", "PORT in the environment \"http\" is no port", ExitCodes.Usage)]
    [InlineData("$BERTH dev app -t -1", "is no number of seconds", ExitCodes.Usage)]
    [InlineData("$BERTH dev app -m all=1 -c all=1", "give -m or -c, not both", ExitCodes.Usage)]
    [InlineData("$BERTH dev app -m all=0", "nothing to run", ExitCodes.Failed)]
    [InlineData("$BERTH dev app", "worker.1 | run", ExitCodes.Done)]
    [InlineData("$BERTH dev -f app/Procfile", "worker.1 | run", ExitCodes.Done)]
    [InlineData("cd app && $BERTH dev worker", "worker.1 | run", ExitCodes.Done)]
    public async Task What_cannot_be_run_says_why_and_what_to_do(string script, string message, int exitCode)
    {
        _folder.Write("app/Procfile", "worker: echo run in ${PWD##*/}\n").Write("broken/Procfile", "web gunicorn\n");

        var run = await RunAsync(script);

        Assert.Contains(message, run.Out + run.Error);
        Assert.Equal(exitCode, run.ExitCode);
        if (exitCode == ExitCodes.Done)
            Assert.Contains("run in app", run.Out);
    }

    private async Task<CommandRun> RunAsync(string script)
    {
        using var process = Start(script);
        var output = process.StandardOutput.ReadToEndAsync(Ct);
        var error = process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return new CommandRun(process.ExitCode, await output, await error);
    }

    private Process Start(string script)
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = _folder.Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        start.Environment["BERTH"] = Path.Combine(AppContext.BaseDirectory, "berth");
        start.Environment.Remove("PORT");
        start.Environment.Remove("BERTH_APP");
        return Process.Start(start)!;
    }

    private static void Send(string signal, Process process) => Process.Start("kill", [$"-{signal}", $"{process.Id}"]).Dispose();

    private static async Task<string> ReadUntilAsync(Process process, string text)
    {
        var read = new StringBuilder();
        while (!read.ToString().Contains(text, StringComparison.Ordinal))
            read.Append(await process.StandardOutput.ReadLineAsync(Ct) ?? throw new InvalidOperationException($"no \"{text}\" in: {read}")).Append('\n');
        return read.ToString();
    }

    /// <summary>This test's processes that still run.</summary>
    private List<string> Left() =>
        [.. Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])).Select(CommandOf).Where(c => c.StartsWith($"sleep {_mark}", StringComparison.Ordinal))];

    private static string CommandOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
