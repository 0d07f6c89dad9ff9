using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Berth.Contracts;
using Berth.Testing;
using Microsoft.AspNetCore.Http;

namespace Berth.Cli.Tests;

public sealed partial class ForwardTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_connections_at_once_carry_bytes_unchanged_and_end_in_each_direction_by_itself()
    {
        // It answers only once it has seen the end of what it was sent.
        await using var behind = new Service(async client =>
        {
            using var all = new MemoryStream();
            await client.CopyToAsync(all, Ct);
            await client.WriteAsync(all.GetBuffer().AsMemory(0, (int)all.Length), Ct);
        });
        await using var forward = await Forwarded.ToAsync(behind.Port);

        await Task.WhenAll(Enumerable.Range(1, 20).Select(async seed =>
        {
            var sent = new byte[500_000];
            new Random(seed).NextBytes(sent);
            using var client = await forward.ConnectAsync();
            var stream = client.GetStream();
            await stream.WriteAsync(sent, Ct);
            client.Client.Shutdown(SocketShutdown.Send);
            using var answer = new MemoryStream();
            await stream.CopyToAsync(answer, Ct);
            Assert.Equal(sent, answer.ToArray());
        }));
    }

    [Fact]
    public async Task A_connection_that_breaks_there_breaks_here_and_the_next_one_works()
    {
        var visits = 0;
        await using var behind = new Service(async client =>
        {
            if (Interlocked.Increment(ref visits) == 1)
            {
                client.Socket.Close(timeout: 0);
                return;
            }
            await client.WriteAsync("fine"u8.ToArray(), Ct);
        });
        await using var forward = await Forwarded.ToAsync(behind.Port);

        using var first = await forward.ConnectAsync();
        var broken = await Assert.ThrowsAsync<IOException>(async () => await first.GetStream().ReadExactlyAsync(new byte[1], Ct));
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(broken.InnerException).SocketErrorCode);

        using var second = await forward.ConnectAsync();
        using var reader = new StreamReader(second.GetStream());
        Assert.Equal("fine", await reader.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task Who_does_not_read_slows_down_who_sends()
    {
        var sent = 0L;
        var ended = new TaskCompletionSource();
        await using var behind = new Service(async client =>
        {
            var chunk = new byte[256 * 1024];
            try
            {
                while (true)
                {
                    await client.WriteAsync(chunk, Ct);
                    Interlocked.Add(ref sent, chunk.Length);
                }
            }
            catch (IOException)
            {
                ended.SetResult();
            }
        });
        await using var forward = await Forwarded.ToAsync(behind.Port);
        using var client = await forward.ConnectAsync();

        // Nobody reads: what is sent must come to a stand while all buffers on the way are full.
        long seen;
        do
        {
            seen = Interlocked.Read(ref sent);
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Ct);
        }
        while (seen == 0 || seen != Interlocked.Read(ref sent));
        Assert.InRange(seen, 1, 64L << 20);
        client.Client.Close(timeout: 0);
        await ended.Task.WaitAsync(Ct);
    }

    [Fact]
    public async Task A_service_that_cannot_be_reached_is_told_before_anything_is_listened_on()
    {
        await using var api = await FakeApi.StartAsync();
        api.Problem("GET /v1/apps/shop/forward", 409, "service-not-running", "service postgres has no running sandbox");

        var run = await CommandRun.OfAsync(api, "forward", "shop", "postgres:5432");

        Assert.Equal((ExitCodes.Failed, "", "error: service postgres has no running sandbox\n"), (run.ExitCode, run.Out, run.Error));
        Assert.Equal("GET /v1/apps/shop/forward?service=postgres&port=5432", Assert.Single(api.Received).Line);
    }

    [Fact]
    public async Task A_connection_that_is_refused_later_is_told_and_closed()
    {
        await using var api = await FakeApi.StartAsync();
        var asked = 0;
        api.On("GET /v1/apps/shop/forward", async context =>
        {
            if (Interlocked.Increment(ref asked) == 1)
                context.Response.StatusCode = 204;
            else
                await Results.Json(new { detail = "it has gone to sleep" }, statusCode: 409, contentType: "application/problem+json").ExecuteAsync(context);
        });
        var error = new WatchedWriter("it has gone to sleep");
        await using var forward = await Forwarded.RunAsync(api, error);

        using var client = await forward.ConnectAsync();
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Ct));
        await error.Seen.WaitAsync(Ct);
    }

    [Fact]
    public async Task A_local_port_that_is_taken_is_refused_if_asked_for_and_replaced_if_not()
    {
        await using var api = await FakeApi.StartAsync();
        api.On("GET /v1/apps/shop/forward", context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var refused = await CommandRun.OfAsync(api, "forward", "-a", "shop", "postgres:5432", $"{port}");
        Assert.Equal(ExitCodes.Failed, refused.ExitCode);
        Assert.Contains($"127.0.0.1:{port} cannot be listened on", refused.Error);

        await using var forward = await Forwarded.RunAsync(api, port: port);
        Assert.NotEqual(port, forward.Port);
    }

    /// <summary>A TCP service that does one thing with each connection, and closes it.</summary>
    private sealed class Service : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Service(Func<NetworkStream, Task> serve)
        {
            _listener.Start();
            _ = Task.Run(async () =>
            {
                while (true)
                {
                    var client = await _listener.AcceptTcpClientAsync();
                    _ = Task.Run(async () =>
                    {
                        using (client)
                            await serve(client.GetStream());
                    });
                }
            });
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public ValueTask DisposeAsync()
        {
            _listener.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary><c>berth forward</c> while it runs.</summary>
    private sealed partial class Forwarded : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private FakeApi? _api;
        private Task<CommandRun> _run = null!;

        public int Port { get; private set; }

        /// <summary>By an API that connects to <paramref name="port"/> as <c>berthd</c> connects to a sandbox.</summary>
        public static async Task<Forwarded> ToAsync(int port)
        {
            var api = await FakeApi.StartAsync();
            api.On("GET /v1/apps/shop/forward", async context =>
            {
                if (!context.WebSockets.IsWebSocketRequest)
                {
                    context.Response.StatusCode = 204;
                    return;
                }
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                using var connection = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await connection.ConnectAsync(IPAddress.Loopback, port);
                await ForwardRelay.RunAsync(socket, connection, context.RequestAborted);
            });
            var forward = await RunAsync(api);
            forward._api = api;
            return forward;
        }

        public static async Task<Forwarded> RunAsync(FakeApi api, StringWriter? error = null, int? port = null)
        {
            var forward = new Forwarded();
            var output = new WatchedWriter("\n");
            forward._run = CommandRun.OfAsync(api.Url, new TestTerminal(), ["forward", "shop", $"postgres:{port ?? FreePort.Next()}"], error: error, stop: forward._stop, output: output);
            await await Task.WhenAny(output.Seen, forward._run);
            forward.Port = int.Parse(ShownPort().Match(output.ToString()).Groups[1].Value, CultureInfo.InvariantCulture);
            return forward;
        }

        public async Task<TcpClient> ConnectAsync()
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port, Ct);
            return client;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            Assert.Equal(ExitCodes.Interrupted, (await _run).ExitCode);
            _stop.Dispose();
            if (_api is not null)
                await _api.DisposeAsync();
        }

        [GeneratedRegex(@"^127\.0\.0\.1:(\d+) leads to port \d+ of service postgres of app shop\n")]
        private static partial Regex ShownPort();
    }
}
