using Berth.Router.Tests.Servers;

namespace Berth.Router.Tests;

/// <summary>What is ambiguous or malformed gets 400 (or the status that fits better), the connection is closed, and no sandbox ever sees it.</summary>
public abstract class RefusedRequestTests(Http1Forwarder http1) : RouterTests(http1)
{
    public static TheoryData<string, string> Malformed => new()
    {
        { "length and chunked", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "chunked and length", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" },
        { "two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello" },
        { "the same length twice", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello" },
        { "a list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello" },
        { "a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello" },
        { "a length that is no number", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: five\r\n\r\nhello" },
        { "a hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello" },
        { "an empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\nhello" },
        { "a length past 2^63", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nhello" },
        { "another coding before chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" },
        { "another coding after chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" },
        { "another coding alone", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" },
        { "chunked twice", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "almost chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { "chunked in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "a space before the colon", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello" },
        { "a folded header", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n" },
        { "a header that begins with a blank", "GET / HTTP/1.1\r\n Host: a\r\n\r\n" },
        { "a header without colon", "GET / HTTP/1.1\r\nHost: a\r\nNonsense\r\n\r\n" },
        { "a header without name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n" },
        { "a header name with a bracket", "GET / HTTP/1.1\r\nHost: a\r\nX(A: b\r\n\r\n" },
        { "a bare CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rc\r\n\r\n" },
        { "a bare LF after a header", "GET / HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n" },
        { "a bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n" },
        { "a NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n" },
        { "a control character in a value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\u0001c\r\n\r\n" },
        { "a NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "no host", "GET / HTTP/1.1\r\n\r\n" },
        { "two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
        { "a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n" },
        { "a target for another host than the header says", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n" },
        { "a target that is no path", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "no words at all", "\u0016\u0003\u0001\u0002\r\n\r\n" },
    };

    public static TheoryData<string, string> BadChunks => new()
    {
        { "no number", "xyz\r\nhello\r\n0\r\n\r\n" },
        { "a negative number", "-1\r\nhello\r\n0\r\n\r\n" },
        { "a number with 0x", "0x5\r\nhello\r\n0\r\n\r\n" },
        { "a number too large", "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n" },
        { "more bytes than said", "2\r\nhello\r\n0\r\n\r\n" },
        { "a bare LF after the number", "5\nhello\r\n0\r\n\r\n" },
        { "a bare LF in an extension", "5;a\nb\r\nhello\r\n0\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_request_is_refused_and_the_connection_closed(string what, string request)
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync(request);
        var response = await client.ReadToEndAsync();
        Assert.True(response.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), $"{what}: {response}");
        Assert.Equal(0, upstream.Accepted);
    }

    [Theory]
    [MemberData(nameof(BadChunks))]
    public async Task A_malformed_chunk_ends_the_request_and_the_connection(string what, string body)
    {
        // The head may have gone on by the time that the bad chunk comes; the sandbox must not take it for a whole request.
        var whole = false;
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            whole = await connection.ReadUntilAsync("0\r\n\r\n") is not null;
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        var response = await client.ReadToEndAsync();
        Assert.True(response.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), $"{what}: {response}");
        Assert.False(whole);
    }

    [Fact]
    public async Task An_unknown_version_is_refused()
    {
        await using var router = await LeadingToAsync();
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("GET / HTTP/3.7\r\nHost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 505 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_is_too_large_gets_431()
    {
        await using var router = await LeadingToAsync();
        await using var client = await router.ConnectAsync();
        await client.WriteAsync($"GET / HTTP/1.1\r\nHost: a\r\nX-A: {new string('a', 40_000)}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 431 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_headers_get_431()
    {
        await using var router = await LeadingToAsync();
        await using var client = await router.ConnectAsync();
        await client.WriteAsync($"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Range(0, 101).Select(i => $"X-{i}: a\r\n"))}\r\n");
        Assert.StartsWith("HTTP/1.1 431 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_request_does_not_let_the_bytes_after_it_be_a_request()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await using var client = await router.ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        var response = await client.ReadToEndAsync();
        Assert.Equal(1, response.Split("HTTP/1.1 ").Length - 1);
        Assert.Equal(0, upstream.Accepted);
    }
}

public sealed class RefusedRequestBySessionTests() : RefusedRequestTests(Http1Forwarder.Session);

public sealed class RefusedRequestByKestrelTests() : RefusedRequestTests(Http1Forwarder.Kestrel);
