using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Berth.Router.Tests.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Router.Tests;

/// <summary>Connections that last: WebSockets, server-sent events, bodies that stream both ways at once.</summary>
public abstract class StreamTests(Http1Forwarder http1) : RouterTests(http1)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        while (true)
        {
            var message = await socket.ReceiveAsync(buffer.AsMemory(), Ct);
            if (message.MessageType == WebSocketMessageType.Close)
                break;
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, Ct);
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Ct);
    }

    [Fact]
    public async Task A_WebSocket_talks_both_ways_closes_in_order_and_is_counted()
    {
        await using var upstream = await AppServer.StartAsync(EchoAsync);
        await using var router = await LeadingToAsync(upstream.Sandbox);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{router.Port}/"), Ct);
        var buffer = new byte[4096];
        for (int i = 0; i < 10; i++)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes($"message {i}"), WebSocketMessageType.Text, true, Ct);
            var echo = await socket.ReceiveAsync(buffer, Ct);
            Assert.Equal($"message {i}", Encoding.UTF8.GetString(buffer, 0, echo.Count));
        }
        var report = await router.ReportAsync(report => report.InFlight.Count == 1);
        Assert.Equal(1, report.Apps.Single().Connections);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Ct);
        Assert.Equal("bye", socket.CloseStatusDescription);
        report = await router.ReportAsync(report => report.InFlight.Count == 0);
        Assert.Equal(0, report.Apps.Single().Connections);
    }

    [Fact]
    public async Task A_WebSocket_outlives_the_snapshot_it_began_on()
    {
        await using var old = await AppServer.StartAsync(EchoAsync, "demo-web-old");
        await using var next = await AppServer.NamedAsync("demo-web-next");
        await using var router = await LeadingToAsync(old.Sandbox);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{router.Port}/"), Ct);
        var report = await router.PushAsync(next.Sandbox);
        Assert.Equal(1, report.InFlight["demo-web-old"]);
        Assert.Equal("demo-web-next", await router.Http.GetStringAsync("/", Ct));
        await socket.SendAsync(Encoding.UTF8.GetBytes("still there?"), WebSocketMessageType.Text, true, Ct);
        Assert.Equal(12, (await socket.ReceiveAsync(new byte[100], Ct)).Count);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", Ct);
        await router.ReportAsync(report => report.InFlight.Count == 0);
    }

    [Fact]
    public async Task A_refused_upgrade_is_an_ordinary_response()
    {
        await using var upstream = await AppServer.StartAsync(context =>
        {
            context.Response.StatusCode = 403;
            return context.Response.WriteAsync("no");
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        const string upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await client.WriteAsync(upgrade);
        Assert.StartsWith("HTTP/1.1 403 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (await router.Client.ReportAsync(Ct)).Apps.Single().Connections);
    }

    [Fact]
    public async Task An_event_stream_arrives_head_first_and_event_by_event()
    {
        var next = new SemaphoreSlim(0);
        await using var upstream = await AppServer.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.StartAsync(Ct);
            await context.Response.Body.FlushAsync(Ct);
            for (int i = 0; i < 3; i++)
            {
                await next.WaitAsync(Ct);
                await context.Response.WriteAsync($"data: {i}\n\n", Ct);
                await context.Response.Body.FlushAsync(Ct);
            }
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        using var got = await router.Http.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Ct);
        using var reader = new StreamReader(await got.Content.ReadAsStreamAsync(Ct));
        for (int i = 0; i < 3; i++)
        {
            next.Release();
            Assert.Equal($"data: {i}", await reader.ReadLineAsync(Ct));
            Assert.Equal("", await reader.ReadLineAsync(Ct));
        }
        Assert.Null(await reader.ReadLineAsync(Ct));
    }

    [Fact]
    public async Task A_client_that_leaves_an_event_stream_ends_it_at_the_sandbox()
    {
        var gone = new TaskCompletionSource();
        await using var upstream = await AppServer.StartAsync(async context =>
        {
            context.RequestAborted.Register(gone.SetResult);
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n", Ct);
            await context.Response.Body.FlushAsync(Ct);
            await gone.Task;
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        using (await router.Http.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Ct))
        {
        }
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await router.ReportAsync(report => report.InFlight.Count == 0);
    }

    [Fact]
    public async Task A_call_in_HTTP_2_streams_both_ways_at_once()
    {
        await using var upstream = await AppServer.StartAsync(
            async context =>
            {
                context.Response.ContentType = "application/grpc";
                var buffer = new byte[4096];
                for (int read; (read = await context.Request.Body.ReadAsync(buffer, Ct)) > 0;)
                {
                    await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), Ct);
                    await context.Response.Body.FlushAsync(Ct);
                }
            },
            protocols: HttpProtocols.Http2);
        await using var router = await LeadingToAsync(upstream.Sandbox);
        var up = new Pipe();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new LiveContent(up.Reader) };
        request.Content.Headers.ContentType = new("application/grpc");
        await up.Writer.WriteAsync("a"u8.ToArray(), Ct);
        using var got = await router.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var down = await got.Content.ReadAsStreamAsync(Ct);
        var echo = new byte[10];
        Assert.Equal(1, await down.ReadAsync(echo, Ct));
        await up.Writer.WriteAsync("bc"u8.ToArray(), Ct);
        Assert.Equal(2, await down.ReadAsync(echo, Ct));
        await up.Writer.CompleteAsync();
        Assert.Equal(0, await down.ReadAsync(echo, Ct));
    }

    [Fact]
    public async Task An_upload_reaches_the_sandbox_as_it_comes()
    {
        var first = new TaskCompletionSource();
        await using var upstream = await AppServer.StartAsync(async context =>
        {
            Assert.Equal(1, await context.Request.Body.ReadAsync(new byte[10], Ct));
            first.SetResult();
            Assert.Equal(2, await context.Request.Body.ReadAsync(new byte[10], Ct));
            await context.Response.WriteAsync("ok", Ct);
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        await first.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await client.WriteAsync("2\r\nbc\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    /// <summary>A request body that is sent as it is written.</summary>
    private sealed class LiveContent(PipeReader source) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await using var from = source.AsStream();
            var buffer = new byte[4096];
            await stream.FlushAsync(Ct);
            for (int read; (read = await from.ReadAsync(buffer, Ct)) > 0;)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read), Ct);
                await stream.FlushAsync(Ct);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

public sealed class StreamBySessionTests() : StreamTests(Http1Forwarder.Session);

public sealed class StreamByKestrelTests() : StreamTests(Http1Forwarder.Kestrel);
