using System.Net;
using Berth.Model;
using Berth.Router.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace Berth.Router.Tests;

/// <summary>Which app and which sandbox a request goes to, and what is answered where it goes to none.</summary>
public abstract class RoutingTests(Http1Forwarder http1) : RouterTests(http1)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static RoutedApp App(string name, params RoutedSandbox[] sandboxes) => new() { Name = name, Sandboxes = sandboxes, HoldWhenEmpty = false, StatusText = "crashed with <exit code> 1" };

    private static async Task<(HttpStatusCode Code, string Body, HttpResponseMessage Response)> GetAsync(TestRouter router, string host, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = host;
        if (accept is not null)
            request.Headers.Add("Accept", accept);
        var got = await router.Http.SendAsync(request, Ct);
        return (got.StatusCode, await got.Content.ReadAsStringAsync(Ct), got);
    }

    [Theory]
    [InlineData("shop.test", "shop")]
    [InlineData("SHOP.Test:8080", "shop")]
    [InlineData("shop.test.", "shop")]
    [InlineData("a.wild.test", "wild")]
    [InlineData("exact.wild.test", "shop")]
    [InlineData("a.b.wild.test", "default")]
    [InlineData("wild.test", "default")]
    [InlineData("[::1]:80", "default")]
    [InlineData("nobody.test", "default")]
    public async Task A_host_leads_to_its_app(string host, string app)
    {
        await using var shop = await AppServer.NamedAsync("shop");
        await using var wild = await AppServer.NamedAsync("wild");
        await using var fallback = await AppServer.NamedAsync("default");
        await using var router = await StartRouterAsync();
        await router.PushAsync(new RouteTable
        {
            Version = 0,
            Hosts = [new("shop.test", "shop"), new("exact.wild.test", "shop"), new("*.wild.test", "wild")],
            Apps = [App("shop", shop.Sandbox), App("wild", wild.Sandbox), App("fallback", fallback.Sandbox)],
            DefaultApp = "fallback",
        });
        Assert.Equal(app, (await GetAsync(router, host)).Body);
    }

    [Fact]
    public async Task An_unknown_host_is_404_and_named()
    {
        await using var router = await StartRouterAsync();
        var (code, body, _) = await GetAsync(router, "nobody.test");
        Assert.Equal(HttpStatusCode.NotFound, code);
        Assert.Equal("404 No such host: No app is routed at nobody.test. If it should be, add the route: berth route add nobody.test --app APP\n", body);
    }

    [Fact]
    public async Task Nothing_ready_is_503_at_once_with_what_is_going_on()
    {
        await using var router = await StartRouterAsync();
        await router.PushAsync(App("demo"));
        var (code, body, response) = await GetAsync(router, "demo.localhost");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, code);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter!.Delta);
        Assert.StartsWith("503 Not available: App demo at demo.localhost cannot answer now: crashed with <exit code> 1. ", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_gets_a_page_in_which_all_words_are_escaped()
    {
        await using var router = await StartRouterAsync();
        await router.PushAsync(App("demo"));
        var (_, body, response) = await GetAsync(router, "demo.localhost", "text/html,*/*;q=0.8");
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("crashed with &lt;exit code&gt; 1.", body, StringComparison.Ordinal);
        Assert.DoesNotContain("<exit", body, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", body, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=", body);
    }

    [Fact]
    public async Task Requests_go_to_the_sandbox_with_the_least_in_flight()
    {
        var busy = new TaskCompletionSource();
        await using var first = await AppServer.StartAsync(context => context.Request.Path == "/long" ? busy.Task : context.Response.WriteAsync("first"), "first");
        await using var second = await AppServer.StartAsync(context => context.Request.Path == "/long" ? busy.Task : context.Response.WriteAsync("second"), "second");
        await using var router = await LeadingToAsync(first.Sandbox, second.Sandbox);
        var slow = router.Http.GetAsync("/long", Ct);
        var report = await router.ReportAsync(report => report.InFlight.Count == 1);
        var other = report.InFlight.ContainsKey("first") ? "second" : "first";
        for (int i = 0; i < 6; i++)
            Assert.Equal(other, await router.Http.GetStringAsync("/", Ct));
        busy.SetResult();
        (await slow).Dispose();
    }

    [Fact]
    public async Task Equally_loaded_sandboxes_take_turns()
    {
        await using var first = await AppServer.NamedAsync("first");
        await using var second = await AppServer.NamedAsync("second");
        await using var third = await AppServer.NamedAsync("third");
        await using var router = await LeadingToAsync(first.Sandbox, second.Sandbox, third.Sandbox);
        var answers = new List<string>();
        for (int i = 0; i < 9; i++)
        {
            answers.Add(await router.Http.GetStringAsync("/", Ct));
            await router.ReportAsync(report => report.InFlight.Count == 0);
        }
        Assert.Equal([3, 3, 3], answers.GroupBy(answer => answer).Select(group => group.Count()));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_sandbox_that_refuses_connections_costs_no_request(string method)
    {
        var dead = await AppServer.NamedAsync("dead");
        await dead.DisposeAsync();
        await using var alive = await AppServer.NamedAsync("alive");
        await using var router = await LeadingToAsync(dead.Sandbox, alive.Sandbox);
        for (int i = 0; i < 10; i++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "/") { Content = method == "POST" ? new StringContent("body") : null };
            using var got = await router.Http.SendAsync(request, Ct);
            Assert.Equal("alive", await got.Content.ReadAsStringAsync(Ct));
        }
        Assert.Contains("sandbox dead at ", router.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_only_sandbox_refusing_connections_is_502_when_nothing_else_will_come()
    {
        var dead = await AppServer.NamedAsync("dead");
        await dead.DisposeAsync();
        await using var router = await StartRouterAsync();
        await router.PushAsync(App("demo", dead.Sandbox));
        var (code, body, _) = await GetAsync(router, "demo.localhost");
        Assert.Equal(HttpStatusCode.BadGateway, code);
        Assert.StartsWith("502 The app does not listen: App demo at demo.localhost refuses connections: ", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_whose_only_sandbox_is_gone_waits_for_its_replacement()
    {
        var dead = await AppServer.NamedAsync("dead");
        await dead.DisposeAsync();
        await using var replacement = await AppServer.NamedAsync("replacement");
        await using var router = await StartRouterAsync(options => options with { TakeOutTime = TimeSpan.FromMinutes(10) });
        await router.PushAsync(dead.Sandbox);
        var answer = router.Http.GetStringAsync("/", Ct);
        await router.WaitingAsync(1);
        await router.PushAsync(replacement.Sandbox);
        Assert.Equal("replacement", await answer);
    }

    [Fact]
    public async Task A_sandbox_too_slow_to_answer_is_504()
    {
        await using var upstream = RawUpstream.Start(connection => connection.ReadToEndAsync());
        await using var router = await StartRouterAsync(options => options with { ResponseTimeout = TimeSpan.FromMilliseconds(300) });
        await router.PushAsync(upstream.Sandbox);
        var (code, body, _) = await GetAsync(router, "demo.localhost");
        Assert.Equal(HttpStatusCode.GatewayTimeout, code);
        Assert.StartsWith("504 The app is too slow: App demo at demo.localhost ", body, StringComparison.Ordinal);
    }
}

public sealed class RoutingBySessionTests() : RoutingTests(Http1Forwarder.Session);

public sealed class RoutingByKestrelTests() : RoutingTests(Http1Forwarder.Kestrel);
