using Berth.Router.Tests.Servers;

namespace Berth.Router.Tests.Smuggling;

/// <summary>The corpus, byte for byte over the wire: refused, the connection closed, and no sandbox the wiser. One router for all cases; what fails is listed by name.</summary>
public sealed class SmugglingTests() : RouterTests(Http1Forwarder.Session)
{
    /// <summary>So that what comes after a refused request would be seen.</summary>
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task Each_malformed_request_is_refused_and_reaches_no_sandbox()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var router = await LeadingToAsync(upstream.Sandbox);
        var failures = new List<string>();
        int cases = 0;
        foreach (var (status, name, request) in SmugglingCorpus.Refused)
        {
            cases++;
            await using var client = await router.ConnectAsync();
            await client.WriteAsync(SmugglingCorpus.Bytes(request) + Smuggled);
            var response = await client.ReadToEndAsync();
            if (!IsRefusal(response, status) || upstream.Accepted > 0)
                failures.Add($"{status} {name}: {request[..Math.Min(request.Length, 100)]} → {response} ({upstream.Accepted} connections to the sandbox)");
        }
        Assert.Empty(failures);
        Assert.True(cases >= 300, $"the corpus has only {cases} cases");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_malformed_body_is_refused_and_never_looks_whole(bool withHead)
    {
        const string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        using var begins = new SemaphoreSlim(0);
        var whole = 0;
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            begins.Release();
            var body = await connection.ReadToEndAsync();
            if (body.EndsWith("\r\n\r\n", StringComparison.Ordinal) || body.Contains("smuggled", StringComparison.Ordinal))
                Interlocked.Increment(ref whole);
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        var failures = new List<string>();
        foreach (var (name, body) in SmugglingCorpus.BadBodies)
        {
            await using var client = await router.ConnectAsync();
            await client.WriteAsync(withHead ? head + SmugglingCorpus.Bytes(body) + Smuggled : head);
            if (!withHead)
            {
                await begins.WaitAsync(TestContext.Current.CancellationToken);
                await client.WriteAsync(SmugglingCorpus.Bytes(body) + Smuggled);
            }
            var response = await client.ReadToEndAsync();
            if (!IsRefusal(response, 400) || Volatile.Read(ref whole) > 0)
                failures.Add($"{name}: {response}");
        }
        Assert.Empty(failures);
    }

    private static bool IsRefusal(string response, int status) =>
        response.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal) && response.Contains("\r\nConnection: close\r\n", StringComparison.Ordinal)
        && response.Split("\r\nContent-Length: ").Length == 2;
}
