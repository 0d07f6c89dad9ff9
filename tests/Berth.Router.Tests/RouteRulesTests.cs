using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Berth.Model;
using Berth.Router.Tests.Servers;

namespace Berth.Router.Tests;

/// <summary>What holds on a route beside where it leads: paths, passwords, networks, time limits, maintenance, shares.</summary>
public abstract class RouteRulesTests(Http1Forwarder http1) : RouterTests(http1)
{
    private static readonly string Hash = PasswordHash.Create("open: sesame");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static RoutedApp App(string name, params RoutedSandbox[] sandboxes) => new() { Name = name, Sandboxes = sandboxes, HoldWhenEmpty = false, StatusText = "starting" };

    private static async Task<(HttpStatusCode Code, string Body, HttpResponseMessage Response)> GetAsync(TestRouter router, string path = "/", string? login = null, string? forwardedFor = null, string host = "shop.test", string? cookie = null)
    {
        // As it is: the client's own tidying would hide what is to be seen.
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(router.Http.BaseAddress!.OriginalString.TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.Host = host;
        if (login is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        if (forwardedFor is not null)
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        var got = await router.Http.SendAsync(request, Ct);
        return (got.StatusCode, await got.Content.ReadAsStringAsync(Ct), got);
    }

    private async Task<TestRouter> WithRulesAsync(RouteRules rules, RoutedSandbox sandbox, Func<RouterOptions, RouterOptions>? set = null)
    {
        var router = await StartRouterAsync(set);
        await router.PushAsync(new RouteTable { Version = 0, Hosts = [new("shop.test", "shop") { Rules = rules }], Apps = [App("shop", sandbox)] });
        return router;
    }

    private async Task<TestRouter> WithPathsAsync(AppServer shop, AppServer api, AppServer deep)
    {
        var router = await StartRouterAsync();
        await router.PushAsync(new RouteTable
        {
            Version = 0,
            Hosts = [new("shop.test", "shop"), new("shop.test", "api") { Path = "/api" }, new("shop.test", "deep") { Path = "/api/v2" }, new("part.test", "api") { Path = "/api" }, new("*.test", "deep")],
            Apps = [App("shop", shop.Sandbox), App("api", api.Sandbox), App("deep", deep.Sandbox)],
        });
        return router;
    }

    [Theory]
    [InlineData("/", "shop")]
    [InlineData("/apiary", "shop")]
    [InlineData("/API", "shop")]
    [InlineData("/api", "api")]
    [InlineData("/api?x=/api/v2", "api")]
    [InlineData("/api/", "api")]
    [InlineData("/api/v21", "api")]
    [InlineData("/api/v2/x%20y", "deep")]
    [InlineData("/x%2fy//z/./", "shop")]
    public async Task The_longest_path_that_fits_on_whole_segments_wins(string path, string app)
    {
        await using var shop = await AppServer.NamedAsync("shop");
        await using var api = await AppServer.NamedAsync("api");
        await using var deep = await AppServer.NamedAsync("deep");
        await using var router = await WithPathsAsync(shop, api, deep);
        Assert.Equal(app, (await GetAsync(router, path)).Body);
    }

    [Fact]
    public async Task A_host_of_which_no_path_fits_is_looked_up_as_one_of_many()
    {
        await using var shop = await AppServer.NamedAsync("shop");
        await using var api = await AppServer.NamedAsync("api");
        await using var deep = await AppServer.NamedAsync("deep");
        await using var router = await WithPathsAsync(shop, api, deep);
        Assert.Equal("api", (await GetAsync(router, "/api/x", host: "part.test")).Body);
        Assert.Equal("deep", (await GetAsync(router, "/other", host: "part.test")).Body);
    }

    [Fact]
    public async Task The_path_reaches_the_app_as_the_client_wrote_it()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var router = await StartRouterAsync();
        await router.PushAsync(new RouteTable { Version = 0, Hosts = [new("shop.test", "shop") { Path = "/api" }], Apps = [App("shop", upstream.Sandbox)] });
        await GetAsync(router, "/api/a%20b?c=%2F");
        Assert.StartsWith("GET /api/a%20b?c=%2F HTTP/1.1\r\n", upstream.Requests.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/%61pi/x")]
    [InlineData("//api/x")]
    [InlineData("/./api/x")]
    [InlineData("/x/../api")]
    [InlineData("/x/..%2fapi")]
    [InlineData("/api%2fv2")]
    [InlineData("/api/../secret")]
    [InlineData("/api/..;/secret")]
    [InlineData("/api/%2e%2e/secret")]
    [InlineData("/api\\v2")]
    public async Task A_path_that_leads_elsewhere_once_it_is_decoded_is_refused(string path)
    {
        await using var shop = await AppServer.NamedAsync("shop");
        await using var api = await AppServer.NamedAsync("api");
        await using var deep = await AppServer.NamedAsync("deep");
        await using var router = await WithPathsAsync(shop, api, deep);
        await using var connection = await router.ConnectAsync();
        await connection.WriteAsync($"GET {path} HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", await connection.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_with_a_password_lets_in_who_knows_it_and_keeps_it_from_the_app()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var router = await WithRulesAsync(new RouteRules { Login = new RouteLogin("ann", Hash) }, upstream.Sandbox);
        var (code, body, response) = await GetAsync(router);
        Assert.Equal(HttpStatusCode.Unauthorized, code);
        Assert.Equal("Basic realm=\"shop.test\", charset=\"UTF-8\"", response.Headers.WwwAuthenticate.Single().ToString());
        Assert.StartsWith("401 Password needed: shop.test asks for a name and a password. ", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(router, login: "ann:open")).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(router, login: "bob:open: sesame")).Code);
        for (int i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(router, login: "ann:open: sesame")).Code);
        // Once somebody is in, the others still are not.
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(router, login: "ann:open")).Code);
        Assert.All(upstream.Requests, request => Assert.DoesNotContain("Authorization", request, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(2, upstream.Requests.Count);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(router.Options.StateFolder, "routes.json")));
    }

    [Fact]
    public async Task Passwords_beyond_those_that_may_wait_are_sent_away()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var router = await WithRulesAsync(new RouteRules { Login = new RouteLogin("ann", Hash) }, upstream.Sandbox, options => options with { LoginQueueLimit = 0 });
        Assert.Equal(HttpStatusCode.TooManyRequests, (await GetAsync(router, login: "ann:open: sesame")).Code);
    }

    [Theory]
    [InlineData("10.0.0.0/8", null, null, HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.0/8", null, null, HttpStatusCode.OK)]
    [InlineData("10.0.0.0/8", "10.1.2.3", null, HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.0/8", "10.1.2.3", "127.0.0.1/32", HttpStatusCode.OK)]
    [InlineData("10.0.0.0/8", "10.1.2.3, 192.0.2.1", "127.0.0.1/32", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1/32", "10.1.2.3", "127.0.0.1/32", HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.0/8", "10.1.2.3, nonsense", "127.0.0.1/32", HttpStatusCode.Forbidden)]
    public async Task Only_the_networks_that_are_allowed_come_in_and_nobody_says_of_himself_where_he_is(string allowed, string? forwardedFor, string? trusted, HttpStatusCode code)
    {
        await using var app = await AppServer.NamedAsync("shop");
        await using var router = await WithRulesAsync(new RouteRules { Allow = [allowed] }, app.Sandbox, options => options with { TrustedProxies = trusted is null ? [] : [IPNetwork.Parse(trusted)] });
        Assert.Equal(code, (await GetAsync(router, forwardedFor: forwardedFor)).Code);
    }

    [Fact]
    public async Task A_route_has_a_time_limit_of_its_own()
    {
        await using var upstream = RawUpstream.Start(connection => connection.ReadToEndAsync());
        await using var router = await WithRulesAsync(new RouteRules { ResponseTimeout = TimeSpan.FromMilliseconds(250) }, upstream.Sandbox);
        var (code, body, _) = await GetAsync(router);
        Assert.Equal(HttpStatusCode.GatewayTimeout, code);
        Assert.Contains("gave no answer within 0.25 s.", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_under_maintenance_is_503_and_not_woken()
    {
        await using var router = await StartRouterAsync();
        var shop = App("shop") with { HoldWhenEmpty = true, Maintenance = new MaintenanceMode(DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(2)) };
        await router.PushAsync(new RouteTable { Version = 0, Hosts = [new("shop.test", "shop")], Apps = [shop] });
        var (code, body, response) = await GetAsync(router);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, code);
        Assert.Equal(TimeSpan.FromMinutes(2), response.Headers.RetryAfter!.Delta);
        Assert.Equal("503 Under maintenance: App shop at shop.test is being worked on and will be back. Try again later.\n", body);
        Assert.Empty((await router.Client.ReportAsync(Ct)).Apps);
    }

    private static RouteTable Split(AppServer main, AppServer other, int percent) => new()
    {
        Version = 0,
        Hosts = [new("shop.test", "shop") { Rules = percent == 0 ? null : new RouteRules { Split = new RouteSplit("v5", percent) } }],
        Apps = [App("shop", main.Sandbox), App("shop@v5", other.Sandbox)],
    };

    [Fact]
    public async Task A_share_of_the_requests_goes_to_the_other_release_while_that_is_ready()
    {
        await using var main = await AppServer.NamedAsync("main");
        await using var other = await AppServer.NamedAsync("other");
        await using var router = await StartRouterAsync();
        var table = Split(main, other, 25);
        await router.PushAsync(table);
        Assert.Equal((15, 5), await CountAsync());
        await router.PushAsync(table with { Apps = [App("shop", main.Sandbox), App("shop@v5")] });
        Assert.Equal((20, 0), await CountAsync());

        async Task<(int Main, int Other)> CountAsync()
        {
            var answers = new List<string>();
            for (int i = 0; i < 20; i++)
                answers.Add((await GetAsync(router)).Body);
            return (answers.Count(answer => answer == "main"), answers.Count(answer => answer == "other"));
        }
    }

    [Fact]
    public async Task A_client_that_keeps_its_cookie_stays_with_its_release_when_the_others_share_grows()
    {
        await using var main = await AppServer.NamedAsync("main");
        await using var other = await AppServer.NamedAsync("other");
        await using var router = await StartRouterAsync();
        await router.PushAsync(Split(main, other, 50));
        var clients = new List<(string Cookie, string Body)>();
        for (int i = 0; i < 100; i++)
        {
            var (_, body, response) = await GetAsync(router);
            clients.Add((Assert.Single(response.Headers.GetValues("Set-Cookie")).Split(';')[0], body));
        }
        Assert.Equal(100, clients.Select(client => client.Cookie).Distinct().Count());

        foreach (var (cookie, body) in clients)
        {
            var (_, again, response) = await GetAsync(router, cookie: $"a=1; {cookie}");
            Assert.Equal(body, again);
            Assert.False(response.Headers.Contains("Set-Cookie"));
        }
        await router.PushAsync(Split(main, other, 60));
        foreach (var (cookie, _) in clients.Where(client => client.Body == "other"))
            Assert.Equal("other", (await GetAsync(router, cookie: cookie)).Body);
        await router.PushAsync(Split(main, other, 0));
        Assert.Equal("main", (await GetAsync(router, cookie: clients.First(client => client.Body == "other").Cookie)).Body);
    }

    [Theory]
    [InlineData("berth_split=100")]
    [InlineData("berth_split=-1")]
    [InlineData("berth_split=7x")]
    [InlineData("berth_split=")]
    [InlineData("berth_split")]
    [InlineData("my_berth_split=7")]
    public async Task A_cookie_that_is_no_number_is_as_none(string cookie)
    {
        await using var main = await AppServer.NamedAsync("main");
        await using var other = await AppServer.NamedAsync("other");
        await using var router = await StartRouterAsync();
        await router.PushAsync(Split(main, other, 50));

        Assert.True((await GetAsync(router, cookie: cookie)).Response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Without_a_split_nobody_is_given_a_cookie()
    {
        await using var main = await AppServer.NamedAsync("main");
        await using var other = await AppServer.NamedAsync("other");
        await using var router = await StartRouterAsync();
        await router.PushAsync(Split(main, other, 0));

        Assert.False((await GetAsync(router)).Response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_request_that_finds_an_app_asleep_is_counted_by_how_long_it_waited()
    {
        await using var app = await AppServer.NamedAsync("demo");
        await using var router = await StartRouterAsync();
        await router.PushAsync(TestRouter.Demo(hold: true) with { Asleep = SleepTier.Frozen });
        var answer = router.Http.GetStringAsync("/", Ct);
        await router.WaitingAsync(1);
        await router.PushAsync(app.Sandbox);
        Assert.Equal("demo", await answer);
        Assert.Equal("demo", await router.Http.GetStringAsync("/", Ct));
        var wakes = Assert.Single(await router.Client.WakesAsync("demo", Ct));
        Assert.Equal((SleepTier.Frozen, 1L), (wakes.From, wakes.Count));
        Assert.True(wakes.Sum > TimeSpan.Zero);
        Assert.Empty(await router.Client.WakesAsync("nobody", Ct));
        Assert.Contains("\nberth_router_wake_seconds_count{app=\"demo\",from=\"frozen\"} 1\n", await router.Client.MetricsAsync(Ct), StringComparison.Ordinal);
    }
}

public sealed class RouteRulesBySessionTests() : RouteRulesTests(Http1Forwarder.Session);

public sealed class RouteRulesByKestrelTests() : RouteRulesTests(Http1Forwarder.Kestrel);
