using System.Net.WebSockets;
using System.Text;
using Berth.Contracts;
using Microsoft.AspNetCore.Http;

namespace Berth.Cli.Tests;

public sealed class ExecTests
{
    [Fact]
    public async Task Exec_passes_stdin_through_keeps_streams_apart_and_exits_with_the_commands_code()
    {
        await using var api = await FakeApi.StartAsync();
        var stdin = new StringBuilder();
        api.On("GET /v1/sandboxes/shop-web-1/exec", context => ServeAsync(context, async socket =>
        {
            await foreach (var message in ReadAsync(socket))
            {
                if (message[0] == ExecProtocol.StdinEnd)
                    break;
                Assert.Equal(ExecProtocol.Stdin, message[0]);
                stdin.Append(Encoding.UTF8.GetString(message.AsSpan(1)));
            }
            await SendAsync(socket, ExecProtocol.Stdout, "out"u8.ToArray());
            await SendAsync(socket, ExecProtocol.Stderr, "err"u8.ToArray());
            await SendAsync(socket, ExecProtocol.Exit, [0, 0, 0, 42]);
        }));
        var terminal = new TestTerminal("typed\n");

        var run = await CommandRun.OfAsync(api.Url, terminal, ["sandbox", "exec", "shop-web-1", "--", "grep", "-c", "a b", "--", "x&y"]);

        Assert.Equal(42, run.ExitCode);
        Assert.Equal("typed\n", stdin.ToString());
        Assert.Equal("out", terminal.Written(terminal.Output));
        Assert.Equal("err", terminal.Written(terminal.Error));
        Assert.Equal(0, terminal.RawModes);
        Assert.Equal("GET /v1/sandboxes/shop-web-1/exec?command=grep&command=-c&command=a%20b&command=--&command=x%26y&stdin=true", Assert.Single(api.Received).Line);
    }

    [Theory]
    [InlineData(new[] { "run", "-a", "shop", "--process", "worker", "--", "rake", "db:migrate" }, "command=rake&command=db%3Amigrate&service=worker")]
    [InlineData(new[] { "run", "shop", "-c", "echo hi" }, "command=%2Fbin%2Fsh&command=-c&command=echo%20hi")]
    public async Task Run_begins_a_sandbox_of_its_own_and_exits_with_its_code(string[] typed, string query)
    {
        await using var api = await FakeApi.StartAsync();
        api.On("GET /v1/apps/shop/run", context => ServeAsync(context, socket => SendAsync(socket, ExecProtocol.Exit, [0, 0, 0, 3])));

        var run = await CommandRun.OfAsync(api.Url, new TestTerminal(""), typed);

        Assert.Equal(3, run.ExitCode);
        Assert.Equal($"GET /v1/apps/shop/run?{query}", Assert.Single(api.Received).Line);
    }

    [Fact]
    public async Task On_a_terminal_the_size_goes_first_and_keys_go_raw()
    {
        await using var api = await FakeApi.StartAsync();
        var first = Array.Empty<byte>();
        api.Json("GET /v1/sandboxes", $"[{Wire.Sandbox},{Wire.ExitedSandbox},{Wire.OlderSandbox}]");
        api.On("GET /v1/sandboxes/shop-web-2/exec", context => ServeAsync(context, async socket =>
        {
            await foreach (var message in ReadAsync(socket))
            {
                first = message;
                break;
            }
            await SendAsync(socket, ExecProtocol.Exit, [0, 0, 0, 0]);
        }));
        var terminal = new TestTerminal(isTerminal: true);

        var run = await CommandRun.OfAsync(api.Url, terminal, ["ssh", "shop", "--process", "web", "-i", "1"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal([ExecProtocol.Resize, 0, 120, 0, 40], first);
        Assert.Equal(1, terminal.RawModes);
        Assert.Contains("&tty=true&stdin=true", api.Received[^1].Line);
        Assert.StartsWith("GET /v1/sandboxes/shop-web-2/exec?command=%2Fbin%2Fsh&command=-c&command=", api.Received[^1].Line);
    }

    [Fact]
    public async Task A_command_line_goes_to_the_sandboxes_shell()
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/sandboxes", $"[{Wire.Sandbox}]");
        api.On("GET /v1/sandboxes/shop-web-2/exec", context => ServeAsync(context, socket => SendAsync(socket, ExecProtocol.Exit, [0, 0, 0, 0])));

        var run = await CommandRun.OfAsync(api, "exec", "shop", "-c", "echo $PORT");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("GET /v1/sandboxes/shop-web-2/exec?command=%2Fbin%2Fsh&command=-c&command=echo%20%24PORT&stdin=true", api.Received[^1].Line);
    }

    [Theory]
    [InlineData("[]", "exec shop", "app \"shop\" has no running sandbox; see \"berth ps -a shop\"", ExitCodes.NotFound)]
    [InlineData($"[{Wire.Sandbox}]", "exec shop --process worker", "no running sandbox of service \"worker\"", ExitCodes.NotFound)]
    [InlineData($"[{Wire.Sandbox}]", "exec shop -i 1", "has 1 running sandbox, counted from 0; there is no 1", ExitCodes.NotFound)]
    public async Task A_sandbox_that_is_not_there_is_said(string sandboxes, string typed, string message, int exitCode)
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/sandboxes", sandboxes);

        var run = await CommandRun.OfAsync(api, typed.Split(' '));

        Assert.Contains(message, run.Error);
        Assert.Equal(exitCode, run.ExitCode);
    }

    [Fact]
    public async Task A_refused_exec_prints_the_servers_reason()
    {
        await using var api = await FakeApi.StartAsync();
        api.Problem("GET /v1/sandboxes/gone/exec", 404, "sandbox-not-found", "there is no sandbox gone");

        var run = await CommandRun.OfAsync(api, "sandbox", "exec", "gone", "--", "ls");

        Assert.Equal("error: there is no sandbox gone\n", run.Error);
        Assert.Equal(ExitCodes.NotFound, run.ExitCode);
    }

    [Fact]
    public async Task A_connection_that_ends_without_an_exit_code_is_a_lost_one()
    {
        await using var api = await FakeApi.StartAsync();
        api.On("GET /v1/sandboxes/shop-web-1/exec", context => ServeAsync(context, socket => SendAsync(socket, ExecProtocol.Stdout, "half"u8.ToArray())));
        var terminal = new TestTerminal();

        var run = await CommandRun.OfAsync(api.Url, terminal, ["sandbox", "exec", "shop-web-1", "--", "ls"]);

        Assert.Contains("was lost before its answer was complete", run.Error);
        Assert.Equal("half", terminal.Written(terminal.Output));
        Assert.Equal(ExitCodes.Unreachable, run.ExitCode);
    }

    private static async Task ServeAsync(HttpContext context, Func<WebSocket, Task> serve)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await serve(socket);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    private static Task SendAsync(WebSocket socket, byte kind, byte[] bytes) =>
        socket.SendAsync((byte[])[kind, .. bytes], WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    private static async IAsyncEnumerable<byte[]> ReadAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var message = await socket.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken);
            if (message.MessageType == WebSocketMessageType.Close)
                yield break;
            yield return buffer[..message.Count];
        }
    }
}
