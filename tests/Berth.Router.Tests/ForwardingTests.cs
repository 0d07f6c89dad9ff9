using System.Net;
using System.Text;
using Berth.Router.Tests.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Router.Tests;

/// <summary>What goes through to a sandbox and back, byte for byte where it matters.</summary>
public abstract class ForwardingTests(Http1Forwarder http1) : RouterTests(http1)
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The head that the sandbox got for a request.</summary>
    private async Task<string> HeadSeenAsync(string request, Func<RouterOptions, RouterOptions>? set = null)
    {
        var seen = new TaskCompletionSource<string>();
        await using var upstream = RawUpstream.Start(async connection =>
        {
            seen.SetResult((await connection.ReadHeadAsync())!);
            await connection.WriteAsync(Ok);
        });
        await using var router = await StartRouterAsync(set);
        await router.PushAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync(request);
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        return await seen.Task;
    }

    [Fact]
    public async Task What_a_client_says_of_itself_is_replaced()
    {
        var head = await HeadSeenAsync(
            "GET /a HTTP/1.1\r\nHost: demo.localhost:8080\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nx-forwarded-host: evil\r\n" +
            "X_Forwarded_For: 7.7.7.7\r\nForwarded: for=8.8.8.8\r\nX-Real-IP: 9.9.9.9\r\nX-Request-Id: spoofed\r\n\r\n");
        Assert.Contains("\r\nX-Forwarded-For: 127.0.0.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-Proto: http\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-Host: demo.localhost:8080\r\n", head, StringComparison.Ordinal);
        Assert.Matches("(?i)\r\nX-Request-Id: [0-9a-f]{32}\r\n", head);
        Assert.Contains("\r\nHost: demo.localhost:8080\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotMatch("6\\.6|7\\.7|8\\.8|9\\.9|evil|spoofed|https", head);
    }

    [Fact]
    public async Task What_a_trusted_proxy_says_is_kept_and_added_to()
    {
        var head = await HeadSeenAsync(
            "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop\r\nX-Request-Id: given-1\r\n\r\n",
            options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        Assert.Contains("\r\nX-Forwarded-For: 6.6.6.6, 127.0.0.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-Proto: https\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-Host: shop\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Request-Id: given-1\r\n", head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_request_id_that_is_no_id_is_replaced_even_from_a_trusted_proxy()
    {
        var head = await HeadSeenAsync("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: a b\"c\r\n\r\n", options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        Assert.Matches("(?i)\r\nX-Request-Id: [0-9a-f]{32}\r\n", head);
    }

    [Fact]
    public async Task Headers_for_one_hop_do_not_go_on()
    {
        var head = await HeadSeenAsync(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Mine\r\nKeep-Alive: timeout=5\r\nX-Mine: a\r\nTE: trailers\r\nProxy-Connection: keep-alive\r\nUpgrade: h2c\r\nX-Other: b\r\n\r\n");
        Assert.DoesNotMatch("(?i)x-mine|keep-alive|proxy-connection|upgrade|h2c", head);
        Assert.Contains("\r\nX-Other: b\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_target_goes_on_as_it_was_written()
    {
        var head = await HeadSeenAsync("GET /a/../b//c%2Fd%20e;x=1?q=%41&r=a+b&&# HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("GET /a/../b//c%2Fd%20e;x=1?q=%41&r=a+b&&# HTTP/1.1\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_absolute_target_goes_on_as_a_path()
    {
        var head = await HeadSeenAsync("GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("GET /b?c HTTP/1.1\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_values_are_bytes_both_ways()
    {
        var seen = new TaskCompletionSource<string>();
        await using var upstream = RawUpstream.Start(async connection =>
        {
            seen.SetResult((await connection.ReadHeadAsync())!);
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nX-B: \u00c3\u00bc\u00ff\r\nContent-Length: 0\r\n\r\n");
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nX-A: \u00c3\u00bc\u00fe\r\n\r\n");
        Assert.Contains("\r\nX-B: \u00c3\u00bc\u00ff\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Contains("\r\nX-A: \u00c3\u00bc\u00fe\r\n", await seen.Task, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_may_come_byte_by_byte()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        foreach (var character in "PRINT /a HTTP/1.1\r\nHost: a\r\n\r\n")
            await client.WriteAsync(character.ToString());
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("ok", await client.ReadAsync(2));
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        await using var upstream = await AppServer.StartAsync(context => context.Response.WriteAsync(context.Request.Path));
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync(string.Concat(Enumerable.Range(1, 5).Select(i => $"GET /{i} HTTP/1.1\r\nHost: a\r\n{(i == 5 ? "Connection: close\r\n" : "")}\r\n")));
        var all = await client.ReadToEndAsync();
        Assert.Equal(["/1", "/2", "/3", "/4", "/5"], System.Text.RegularExpressions.Regex.Matches(all, "/[1-5](?![.\\d])").Select(match => match.Value));
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "GET", "HTTP/1.1 204 No Content")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", "GET", "HTTP/1.1 304 Not Modified")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n", "HEAD", "HTTP/1.1 200 OK")]
    [InlineData("HTTP/1.1 418 I'm a Pot\r\nContent-Length: 0\r\n\r\n", "GET", "HTTP/1.1 418 I'm a Pot")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Fine\r\nContent-Length: 0\r\n\r\n", "GET", "HTTP/1.1 200 Fine")]
    public async Task A_response_without_a_body_leaves_the_connection_in_step(string response, string method, string statusLine)
    {
        await using var upstream = RawUpstream.Answering(response);
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await client.WriteAsync($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.StartsWith(statusLine + "\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(1, upstream.Accepted);
    }

    [Theory]
    [InlineData("GET", "theme=dark; berth_session=secret; lang=de", "theme=dark; lang=de")]
    [InlineData("GET", "berth_session=secret", null)]
    [InlineData("GET", "berth_split=7; a=1; berth_session=secret", "a=1")]
    [InlineData("POST", "a=1;berth_session=x;b=2", "a=1; b=2")]
    [InlineData("GET", "my_berth_session=mine; x=berth_session", "my_berth_session=mine; x=berth_session")]
    public async Task Berths_own_cookies_do_not_go_to_apps(string method, string cookie, string? rest)
    {
        var head = await HeadSeenAsync($"{method} / HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\nContent-Length: 0\r\n\r\n");
        Assert.DoesNotContain("secret", head, StringComparison.Ordinal);
        if (rest is null)
            Assert.DoesNotContain("Cookie", head, StringComparison.Ordinal);
        else
            Assert.Contains($"\r\nCookie: {rest}\r\n", head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhello")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close, X-Hop\r\nX-Hop: a\r\n\r\nhello")]
    public async Task A_body_arrives_however_its_end_is_marked(string response)
    {
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync(response);
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        using var got = await router.Http.GetAsync("/", Ct);
        Assert.Equal("hello", await got.Content.ReadAsStringAsync(Ct));
        Assert.False(got.Headers.Contains("X-Hop"));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")]
    [InlineData("HTTP/1.1 200 OK\r\nno header\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("")]
    public async Task A_response_that_is_ambiguous_or_none_is_502(string response)
    {
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync(response);
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        using var got = await router.Http.GetAsync("/", Ct);
        Assert.Equal(HttpStatusCode.BadGateway, got.StatusCode);
        Assert.StartsWith("502 The app broke off: App demo at 127.0.0.1 ", await got.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    public async Task A_response_that_breaks_off_does_not_look_whole_to_the_client(string response)
    {
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync(response);
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await Assert.ThrowsAsync<HttpRequestException>(() => router.Http.GetStringAsync("/", Ct));
    }

    [Fact]
    public async Task A_large_body_goes_up_and_comes_back_whole()
    {
        await using var upstream = await AppServer.StartAsync(context => context.Request.Body.CopyToAsync(context.Response.Body, Ct));
        await using var router = await LeadingToAsync(upstream.Sandbox);
        var body = new byte[5 * 1024 * 1024];
        new Random(1).NextBytes(body);
        using var got = await router.Http.PostAsync("/", new ByteArrayContent(body), Ct);
        Assert.Equal(body, await got.Content.ReadAsByteArrayAsync(Ct));
    }

    [Fact]
    public async Task A_body_that_the_sandbox_does_not_want_is_not_sent_if_the_client_asked_first()
    {
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmuch");
            await connection.ReadToEndAsync();
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("much", await client.ReadAsync(4));
    }

    [Fact]
    public async Task A_paused_reader_gets_everything_and_the_router_does_not_keep_it()
    {
        // More than the kernel may hold for the two connections: up to 33 MB to receive and 4 MB to send each.
        const int size = 192 * 1024 * 1024;
        var sent = 0;
        await using var upstream = await AppServer.StartAsync(async context =>
        {
            context.Response.ContentLength = size;
            var piece = new byte[64 * 1024];
            for (int done = 0; done < size; done += piece.Length)
            {
                await context.Response.Body.WriteAsync(piece, Ct);
                Interlocked.Add(ref sent, piece.Length);
            }
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        using var got = await router.Http.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Ct);
        // Until the sandbox has got rid of no more for a few heartbeats: all buffers on the way are full.
        var (last, same) = (0, 0);
        await router.ReportAsync(_ =>
        {
            var now = Volatile.Read(ref sent);
            same = now > 0 && now == last ? same + 1 : 0;
            last = now;
            return same == 2;
        });
        Assert.True(Volatile.Read(ref sent) < size, "all was sent though nobody read");
        await using var body = await got.Content.ReadAsStreamAsync(Ct);
        var buffer = new byte[256 * 1024];
        long read = 0;
        for (int n; (n = await body.ReadAsync(buffer, Ct)) > 0;)
            read += n;
        Assert.Equal(size, read);
    }

    [Fact]
    public async Task A_client_that_waits_for_100_gets_it()
    {
        await using var upstream = await AppServer.StartAsync(async context => await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync(Ct)));
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.WriteAsync("hello");
        Assert.Contains("hello", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HTTP_2_without_TLS_is_served_on_the_same_port()
    {
        await using var upstream = await AppServer.StartAsync(context => context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.Host} {context.Request.Headers["X-Forwarded-Proto"]} {context.Request.Headers["X-Forwarded-For"]}"));
        await using var router = await LeadingToAsync(upstream.Sandbox);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var got = await router.Http.SendAsync(request, Ct);
            Assert.Equal(HttpVersion.Version20, got.Version);
            return await got.Content.ReadAsStringAsync(Ct);
        }));
        Assert.All(answers, answer => Assert.Equal($"HTTP/1.1 127.0.0.1:{router.Port} http 127.0.0.1", answer));
        Assert.StartsWith("HTTP/1.1 ", await router.Http.GetStringAsync("/", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GRPC_reaches_the_sandbox_by_HTTP_2_with_its_trailers()
    {
        await using var upstream = await AppServer.StartAsync(
            async context =>
            {
                context.Response.ContentType = "application/grpc";
                await context.Request.Body.CopyToAsync(context.Response.Body, Ct);
                context.Response.AppendTrailer("grpc-status", "0");
            },
            protocols: HttpProtocols.Http2);
        await using var router = await LeadingToAsync(upstream.Sandbox);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(Encoding.UTF8.GetBytes("hello")) };
        request.Content.Headers.ContentType = new("application/grpc");
        using var got = await router.Http.SendAsync(request, Ct);
        Assert.Equal("hello", await got.Content.ReadAsStringAsync(Ct));
        Assert.Equal("0", got.TrailingHeaders.GetValues("grpc-status").Single());
    }
}

public sealed class ForwardingBySessionTests() : ForwardingTests(Http1Forwarder.Session);

public sealed class ForwardingByKestrelTests() : ForwardingTests(Http1Forwarder.Kestrel);
