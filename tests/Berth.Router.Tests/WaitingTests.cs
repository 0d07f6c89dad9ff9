using System.Net;
using Berth.Router.Routing;
using Berth.Router.Tests.Servers;

namespace Berth.Router.Tests;

/// <summary>Requests to an app that is starting or asleep.</summary>
public abstract class WaitingTests(Http1Forwarder http1) : RouterTests(http1)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Waiting_requests_show_in_the_report_and_are_served_when_a_sandbox_is_ready()
    {
        await using var upstream = await AppServer.NamedAsync("demo-web-1");
        await using var router = await LeadingToAsync();
        var answers = Enumerable.Range(0, 20).Select(_ => router.Http.GetStringAsync("/", Ct)).ToList();
        var report = await router.WaitingAsync(20);
        Assert.Equal(0, report.Apps.Single().InFlight);
        await router.PushAsync(upstream.Sandbox);
        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("demo-web-1", answer));
        await router.WaitingAsync(0);
    }

    [Fact]
    public async Task A_body_waits_with_its_request()
    {
        await using var upstream = await AppServer.StartAsync(context => context.Request.Body.CopyToAsync(context.Response.Body, Ct));
        await using var router = await LeadingToAsync();
        var answer = router.Http.PostAsync("/", new StringContent("hello"), Ct);
        await router.WaitingAsync(1);
        await router.PushAsync(upstream.Sandbox);
        using var got = await answer;
        Assert.Equal("hello", await got.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task Who_waits_too_long_gets_503_with_what_is_going_on()
    {
        await using var router = await StartRouterAsync(options => options with { QueueTimeout = TimeSpan.FromMilliseconds(100) });
        await router.PushAsync();
        using var got = await router.Http.GetAsync("/", Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, got.StatusCode);
        Assert.Contains("503 Not ready in time: App demo ", await got.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_looks_at_a_page_is_told_that_the_app_starts_and_all_others_are_held()
    {
        await using var upstream = await AppServer.NamedAsync("demo-web-1");
        await using var router = await StartRouterAsync(options => options with { WaitingPage = TimeSpan.FromMilliseconds(50) });
        await router.PushAsync();
        var held = new[] { Visit(HttpMethod.Get, "*/*"), Visit(HttpMethod.Get, accept: null), Visit(HttpMethod.Post, "text/html"), Visit(HttpMethod.Head, "text/html") }
            .Select(request => router.Http.SendAsync(request, Ct)).ToList();
        using (var page = await router.Http.SendAsync(Visit(HttpMethod.Get, "text/html,application/xhtml+xml,*/*;q=0.8"), Ct))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
            Assert.Equal(("2", "no-store"), (Assert.Single(page.Headers.GetValues("Refresh")), page.Headers.CacheControl!.ToString()));
            Assert.Contains("App demo at 127.0.0.1 is on its way: ", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
        await router.WaitingAsync(held.Count);
        await router.PushAsync(upstream.Sandbox);
        foreach (var answer in await Task.WhenAll(held))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answer.Dispose();
        }
    }

    private static HttpRequestMessage Visit(HttpMethod method, string? accept)
    {
        var request = new HttpRequestMessage(method, "/");
        if (accept is not null)
            request.Headers.Add("Accept", accept);
        return request;
    }

    [Fact]
    public async Task A_full_queue_is_503_for_the_next()
    {
        await using var upstream = await AppServer.NamedAsync("demo-web-1");
        await using var router = await StartRouterAsync(options => options with { QueueLimit = 2 });
        await router.PushAsync();
        var answers = Enumerable.Range(0, 2).Select(_ => router.Http.GetStringAsync("/", Ct)).ToList();
        await router.WaitingAsync(2);
        using (var refused = await router.Http.GetAsync("/", Ct))
            Assert.Contains("503 Too many are waiting: 2 requests wait already for App demo", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        await router.PushAsync(upstream.Sandbox);
        await Task.WhenAll(answers);
    }

    [Fact]
    public async Task Who_waits_is_sent_away_when_the_app_gives_up_starting()
    {
        await using var router = await LeadingToAsync();
        var answer = router.Http.GetAsync("/", Ct);
        await router.WaitingAsync(1);
        await router.PushAsync(TestRouter.Demo(hold: false) with { StatusText = "crashed" });
        using var got = await answer;
        Assert.Contains("503 Not available: App demo at 127.0.0.1 cannot answer now: crashed.", await got.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_waits_no_longer()
    {
        await using var router = await LeadingToAsync();
        await using (var client = await router.ConnectAsync())
        {
            await client.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            await router.WaitingAsync(1);
        }
        await router.WaitingAsync(0);
    }

    [Fact]
    public async Task The_gate_lets_in_order_and_each_result_has_its_cause()
    {
        var changes = 0;
        var gate = new WaitingGate(limit: 3, TimeProvider.System, () => Interlocked.Increment(ref changes));
        using var gone = new CancellationTokenSource();
        var hour = TimeSpan.FromHours(1);
        var first = gate.WaitAsync(() => false, hour, gone.Token);
        var second = gate.WaitAsync(() => false, hour, Ct);
        var timed = gate.WaitAsync(() => false, TimeSpan.FromMilliseconds(1), Ct);
        Assert.Equal(GateResult.QueueFull, await gate.WaitAsync(() => false, hour, Ct));
        Assert.Equal(GateResult.TimedOut, await timed);
        await gone.CancelAsync();
        Assert.Equal(GateResult.Cancelled, await first);
        gate.Open();
        Assert.Equal(GateResult.Proceed, await second);
        var failed = gate.WaitAsync(() => false, hour, Ct);
        gate.Fail();
        Assert.Equal(GateResult.Failed, await failed);
        Assert.Equal(GateResult.Proceed, await gate.WaitAsync(() => true, hour, Ct));
        Assert.Equal(0, gate.Waiting);
        Assert.Equal(10, changes);
    }
}

public sealed class WaitingBySessionTests() : WaitingTests(Http1Forwarder.Session);

public sealed class WaitingByKestrelTests() : WaitingTests(Http1Forwarder.Kestrel);
