using System.Globalization;
using Berth.Router.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace Berth.Router.Tests;

/// <summary>What the router's own session does and Kestrel with YARP's forwarder does not.</summary>
public sealed class SessionTests() : RouterTests(Http1Forwarder.Session)
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Early_hints_reach_the_client_before_the_response()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: x-hop\r\nX-Hop: a\r\n\r\n" + Ok);
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", await client.ReadHeadAsync());
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
            Assert.Equal("ok", await client.ReadAsync(2));
        }
        Assert.Equal(1, upstream.Accepted);
    }

    [Fact]
    public async Task An_old_client_is_not_given_interim_responses()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 103 Early Hints\r\n\r\n" + Ok);
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_streams_both_ways_at_once()
    {
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 3; i++)
            {
                var chunk = await connection.ReadAsync(6);
                await connection.WriteAsync(chunk);
            }
            await connection.WriteAsync("0\r\n\r\n");
            await connection.ReadUntilAsync("0\r\n\r\n");
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        for (int i = 0; i < 3; i++)
        {
            var chunk = string.Create(CultureInfo.InvariantCulture, $"1\r\n{i}\r\n");
            await client.WriteAsync(chunk);
            Assert.Equal(chunk, await client.ReadAsync(6));
        }
        await client.WriteAsync("0\r\n\r\n");
        Assert.Equal("0\r\n\r\n", await client.ReadAsync(5));
    }

    [Fact]
    public async Task An_upgraded_connection_goes_on_when_one_side_has_ended()
    {
        await using var upstream = RawUpstream.Start(async connection =>
        {
            Assert.Contains("\r\nUpgrade: talk/1\r\n", await connection.ReadHeadAsync(), StringComparison.Ordinal);
            await connection.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: talk/1\r\n\r\nhello ");
            var said = await connection.ReadToEndAsync();
            await connection.WriteAsync($"you said {said}");
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: talk/1\r\n\r\n");
        var head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: Upgrade\r\nUpgrade: talk/1\r\n", head, StringComparison.Ordinal);
        await client.WriteAsync("this and ");
        await client.WriteAsync("that");
        client.HalfClose();
        Assert.Equal("hello you said this and that", await client.ReadToEndAsync());
        await router.ReportAsync(report => report.InFlight.Count == 0);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")]
    public async Task A_switch_of_protocols_that_was_not_asked_for_is_502(string request)
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync(request);
        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trailers_go_through()
    {
        var body = new TaskCompletionSource<string>();
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            body.SetResult((await connection.ReadUntilAsync("X-Sum: 1\r\n\r\n"))!);
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2;x=y\r\nok\r\n0\r\nX-Sum: 2\r\n\r\n");
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
        Assert.Equal("5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", await body.Task);
        Assert.Contains("\r\nTrailer: X-Sum\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("2;x=y\r\nok\r\n0\r\nX-Sum: 2\r\n\r\n", await client.ReadUntilAsync("X-Sum: 2\r\n\r\n"));
    }

    /// <summary>Sizes around those of the buffers that a request and a response begin in, and those they go on in.</summary>
    [Theory]
    [InlineData(100, 100, 100)]
    [InlineData(2040, 24_000, 600)]
    [InlineData(2060, 24_500, 100)]
    [InlineData(8100, 100, 24_600)]
    [InlineData(8300, 26_000, 200_000)]
    [InlineData(30_000, 31_000, 40_000)]
    public async Task Heads_and_bodies_of_every_size_pass_whole_one_after_the_other(int requestHead, int responseHead, int body)
    {
        await using var upstream = RawUpstream.Answering($"HTTP/1.1 200 OK\r\nContent-Length: {body}\r\n{Fields(responseHead)}\r\n{Filling(body)}");
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        var request = $"GET / HTTP/1.1\r\nHost: a\r\n{Fields(requestHead)}\r\n";
        await client.WriteAsync(request + request);
        for (int i = 0; i < 2; i++)
        {
            Assert.Contains(Fields(responseHead), await client.ReadHeadAsync(), StringComparison.Ordinal);
            Assert.Equal(Filling(body), await client.ReadAsync(body));
        }
        Assert.All(upstream.Requests, head => Assert.Contains(Fields(requestHead), head, StringComparison.Ordinal));
        Assert.Equal(2, upstream.Requests.Count);
    }

    /// <summary>Two halves, so that the end of one buffer can come in the middle of either.</summary>
    private static string Fields(int length) => $"X-A: {Filling(length / 2)}\r\nX-B: {Filling(length / 2)}\r\n";

    private static string Filling(int length) => string.Concat(Enumerable.Range(0, length).Select(static i => (char)('a' + (i % 23))));

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", false)]
    public async Task A_connection_stays_open_if_the_client_says_so_or_its_version_does(string request, bool stays)
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        for (int i = 0; i < (stays ? 3 : 1); i++)
        {
            await client.WriteAsync(request);
            var head = await client.ReadHeadAsync();
            Assert.Equal(!stays, head!.Contains("\r\nConnection: close\r\n", StringComparison.Ordinal));
            Assert.Equal("ok", await client.ReadAsync(2));
        }
        if (!stays)
            Assert.Null(await client.ReadHeadAsync());
    }

    [Fact]
    public async Task Chunks_to_an_old_client_are_502()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nevil")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    public async Task What_a_sandbox_says_after_its_response_is_nobodys_answer(string response)
    {
        await using var upstream = RawUpstream.Answering(response);
        await using var router = await LeadingToAsync(upstream.Sandbox);
        for (int i = 0; i < 3; i++)
        {
            using var got = await router.Http.GetAsync("/", Ct);
            Assert.DoesNotContain("evil", await got.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
        Assert.Equal(3, upstream.Accepted);
    }

    [Fact]
    public async Task A_head_that_is_not_complete_in_time_is_408()
    {
        await using var router = await StartRouterAsync(options => options with { RequestHeadTimeout = TimeSpan.FromMilliseconds(300) });
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
        Assert.StartsWith("HTTP/1.1 408 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_on_which_nothing_comes_is_closed()
    {
        await using var router = await StartRouterAsync(options => options with { RequestHeadTimeout = TimeSpan.FromMilliseconds(300) });
        await using var client = await router.ConnectAsync();
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_body_of_known_length_that_comes_too_slowly_is_400()
    {
        await using var upstream = RawUpstream.Start(connection => connection.ReadToEndAsync());
        await using var router = await StartRouterAsync(options => options with { MinRateGrace = TimeSpan.FromMilliseconds(1100) });
        await router.PushAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nslow");
        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sandbox_that_does_not_answer_in_time_is_504_also_after_a_body()
    {
        await using var upstream = RawUpstream.Start(connection => connection.ReadToEndAsync());
        await using var router = await StartRouterAsync(options => options with { ResponseTimeout = TimeSpan.FromMilliseconds(300) });
        await router.PushAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
        await client.WriteAsync("hello");
        Assert.StartsWith("HTTP/1.1 504 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upgraded_connection_on_which_nothing_goes_is_cut()
    {
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            await connection.ReadToEndAsync();
        });
        await using var router = await StartRouterAsync(options => options with { IdleTimeout = TimeSpan.FromMilliseconds(300) });
        await router.PushAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("", await client.ReadToEndAsync());
        await router.ReportAsync(report => report.InFlight.Count == 0);
    }

    [Fact]
    public async Task Clients_above_the_limit_are_closed_at_once_and_others_stay()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var router = await StartRouterAsync(options => options with { MaxConnections = 1 });
        await router.PushAsync(upstream.Sandbox);
        await using var first = await router.ConnectAsync();
        await first.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await first.ReadHeadAsync(), StringComparison.Ordinal);
        await using (var second = await router.ConnectAsync())
            Assert.Equal("", await second.ReadToEndAsync());
        Assert.Equal("ok", await first.ReadAsync(2));
        await first.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await first.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_body_goes_up_whole_while_the_sandbox_takes_its_time()
    {
        const int size = 32 * 1024 * 1024;
        await using var upstream = await AppServer.StartAsync(async context =>
        {
            var buffer = new byte[8192];
            long sum = 0, count = 0;
            for (int read; (read = await context.Request.Body.ReadAsync(buffer, Ct)) > 0; count += read)
            {
                foreach (var one in buffer.AsSpan(0, read))
                    sum += one;
            }
            await context.Response.WriteAsync($"{count} {sum}", Ct);
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        var body = new byte[size];
        new Random(1).NextBytes(body);
        using var got = await router.Http.PostAsync("/", new ByteArrayContent(body), Ct);
        Assert.Equal($"{size} {body.Sum(one => (long)one)}", await got.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task Of_too_many_idle_connections_in_all_those_idle_for_longest_are_closed()
    {
        var closed = new TaskCompletionSource();
        await using var first = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst");
            await connection.ReadToEndAsync();
            closed.SetResult();
        }, "first");
        await using var second = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond", "second");
        await using var router = await TestRouter.StartAsync(options => options with { MaxIdleConnections = 1 });
        await router.PushAsync(first.Sandbox);
        Assert.Equal("first", await router.Http.GetStringAsync("/", Ct));
        await router.PushAsync(second.Sandbox);
        Assert.Equal("second", await router.Http.GetStringAsync("/", Ct));
        await closed.Task.WaitAsync(Ct);
        Assert.Equal("second", await router.Http.GetStringAsync("/", Ct));
        Assert.Equal(1, second.Accepted);
    }
}
