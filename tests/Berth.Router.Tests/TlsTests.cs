using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Berth.Model;
using Berth.Router.Tests.Servers;

namespace Berth.Router.Tests;

/// <summary>TLS: which certificate a client gets, what is spoken behind it, and what happens when one is changed.</summary>
public abstract class TlsTests(Http1Forwarder http1) : RouterTests(http1)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Task<TestRouter> StartAsync() => StartRouterAsync(options => options with { Https = [new IPEndPoint(IPAddress.Loopback, 0)] });

    private static RouteTable Table(RoutedSandbox sandbox, params TestCertificate[] certificates) => new()
    {
        Version = 0,
        Hosts = [],
        DefaultApp = "demo",
        Apps = [TestRouter.Demo(hold: true, sandbox)],
        Certificates = [.. certificates.Select(certificate => certificate.Routed)],
    };

    private static async Task<SslStream> ConnectAsync(TestRouter router, string host)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, router.HttpsPort, Ct);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, Ct);
        return stream;
    }

    private static async Task<string> AskAsync(SslStream stream, string request)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Ct);
        var answer = new byte[4096];
        int length = 0;
        while (!Encoding.ASCII.GetString(answer, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal))
            length += await stream.ReadAsync(answer.AsMemory(length), Ct) is > 0 and var read ? read : throw new EndOfStreamException();
        return Encoding.ASCII.GetString(answer, 0, length);
    }

    private static HttpClient NewClient(TestRouter router, Version version) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, router.HttpsPort, ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("https://shop.test"), DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

    [Fact]
    public async Task A_client_gets_the_certificate_of_the_host_that_it_asks_for()
    {
        using var shop = new TestCertificate("shop.test");
        using var wild = new TestCertificate("*.test");
        await using var app = await AppServer.NamedAsync("demo");
        await using var router = await StartAsync();
        await router.PushAsync(Table(app.Sandbox, shop, wild));
        await using (var stream = await ConnectAsync(router, "SHOP.test"))
            Assert.Equal(shop.Thumbprint, ((X509Certificate2)stream.RemoteCertificate!).Thumbprint);
        await using (var stream = await ConnectAsync(router, "other.test"))
            Assert.Equal(wild.Thumbprint, ((X509Certificate2)stream.RemoteCertificate!).Thumbprint);
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(router, "nobody.example"));
        Assert.True(refused is IOException or AuthenticationException);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task The_app_learns_of_TLS_and_large_bodies_go_both_ways(string version)
    {
        using var shop = new TestCertificate("shop.test");
        await using var app = await AppServer.StartAsync(async context =>
        {
            context.Response.Headers["X-Proto"] = context.Request.Headers["X-Forwarded-Proto"];
            await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
        });
        await using var router = await StartAsync();
        await router.PushAsync(Table(app.Sandbox, shop));
        using var client = NewClient(router, Version.Parse(version));
        var body = new byte[3_000_000];
        new Random(1).NextBytes(body);
        for (int i = 0; i < 2; i++)
        {
            using var answer = await client.PostAsync("/", new ByteArrayContent(body), Ct);
            Assert.Equal(("https", Version.Parse(version)), (answer.Headers.GetValues("X-Proto").Single(), answer.Version));
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Ct));
        }
    }

    [Fact]
    public async Task A_response_that_ends_by_closing_ends_in_order()
    {
        using var shop = new TestCertificate("shop.test");
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it");
        });
        await using var router = await StartAsync();
        await router.PushAsync(Table(upstream.Sandbox, shop));
        using var client = NewClient(router, HttpVersion.Version11);
        Assert.Equal("all of it", await client.GetStringAsync("/", Ct));
    }

    [Fact]
    public async Task A_WebSocket_goes_through_TLS()
    {
        using var shop = new TestCertificate("shop.test");
        await using var app = await AppServer.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[100];
            var got = await socket.ReceiveAsync(buffer, context.RequestAborted);
            await socket.SendAsync(buffer.AsMemory(0, got.Count), WebSocketMessageType.Text, true, context.RequestAborted);
            await socket.ReceiveAsync(buffer, context.RequestAborted);
        });
        await using var router = await StartAsync();
        await router.PushAsync(Table(app.Sandbox, shop));
        using var client = NewClient(router, HttpVersion.Version11);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri("wss://shop.test/"), client, Ct);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, Ct);
        var buffer = new byte[100];
        var got = await socket.ReceiveAsync(buffer, Ct);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, got.Count));
    }

    [Fact]
    public async Task A_changed_certificate_is_for_new_connections_and_disturbs_none_that_is_open()
    {
        using var first = new TestCertificate("shop.test");
        using var second = new TestCertificate("shop.test");
        await using var app = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var router = await StartAsync();
        await router.PushAsync(Table(app.Sandbox, first));
        await using var open = await ConnectAsync(router, "shop.test");
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(open, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n"), StringComparison.Ordinal);
        await router.PushAsync(Table(app.Sandbox, second));
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(open, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n"), StringComparison.Ordinal);
        await using var next = await ConnectAsync(router, "shop.test");
        Assert.Equal(second.Thumbprint, ((X509Certificate2)next.RemoteCertificate!).Thumbprint);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_leaves_the_one_before_it_in_use()
    {
        using var first = new TestCertificate("shop.test");
        await using var app = await AppServer.NamedAsync("demo");
        await using var router = await StartAsync();
        await router.PushAsync(Table(app.Sandbox, first));
        await router.PushAsync(Table(app.Sandbox) with { Certificates = [new RoutedCertificate("shop.test", "/nowhere.pem", "2")] });
        await using var open = await ConnectAsync(router, "shop.test");
        Assert.Equal(first.Thumbprint, ((X509Certificate2)open.RemoteCertificate!).Thumbprint);
        Assert.Contains("the certificate of shop.test, /nowhere.pem, cannot be used", router.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_TLS_a_route_that_wants_it_sends_clients_there()
    {
        using var shop = new TestCertificate("shop.test");
        await using var app = await AppServer.NamedAsync("demo");
        await using var router = await StartAsync();
        await router.PushAsync(Table(app.Sandbox, shop) with { Hosts = [new("shop.test", "demo") { Rules = new RouteRules { HttpsOnly = true } }] });
        using var plain = new HttpRequestMessage(HttpMethod.Post, "/a%20b?c=d") { Headers = { Host = "shop.test:80" } };
        using var answer = await router.Http.SendAsync(plain, Ct);
        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
        Assert.Equal($"https://shop.test:{router.HttpsPort}/a%20b?c=d", answer.Headers.Location!.OriginalString);
        using var client = NewClient(router, HttpVersion.Version11);
        Assert.Equal("demo", await client.GetStringAsync("/", Ct));
    }

    [Fact]
    public async Task Who_begins_no_TLS_is_closed()
    {
        await using var router = await StartAsync();
        await using var connection = await RawConnection.ToAsync(router.HttpsPort);
        await connection.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.DoesNotContain("HTTP", await connection.ReadToEndAsync(), StringComparison.Ordinal);
    }
}

public sealed class TlsBySessionTests() : TlsTests(Http1Forwarder.Session);

public sealed class TlsByKestrelTests() : TlsTests(Http1Forwarder.Kestrel);
