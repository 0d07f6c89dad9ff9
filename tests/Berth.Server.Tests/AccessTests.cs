using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Control.Access;
using Berth.Control.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Berth.Server.Tests;

public sealed class AccessTests
{
    /// <summary>Says that a request has passed all that guards the endpoints; it goes no further.</summary>
    private const int LetIn = 299;

    private const string Own = "own";
    private const string Foreign = "foreign";

    /// <summary>
    /// Who may use what, a line an endpoint: <c>open</c>; <c>view</c> and <c>deploy</c>, of a thing of an app; <c>listing</c>, of what the token covers;
    /// <c>act</c>, for whoever may change something; <c>oversee</c>, for viewers of all apps; <c>admin</c>.
    /// </summary>
    private const string Matrix = """
        open GET /healthz
        open GET /openapi/v1.json
        open GET /assets/{version}/{name}
        open GET /login
        open POST /login
        oversee GET /metrics
        oversee GET /v1/system/space
        oversee GET /v1/certificates
        oversee GET /v1/backups
        admin PUT /v1/certificates/{host}
        admin DELETE /v1/certificates/{host}
        admin PUT /v1/certificates/{host}/automatic
        admin DELETE /v1/certificates/{host}/automatic
        admin GET /v1/system/doctor
        admin GET /v1/tokens
        admin POST /v1/tokens
        admin DELETE /v1/tokens/{id}
        admin POST /v1/disks
        admin DELETE /v1/disks/{disk}
        admin GET /v1/disks/{disk}/backup
        admin POST /v1/disks/{disk}/restore
        admin PUT /v1/disks/{disk}/schedule
        admin DELETE /v1/disks/{disk}/schedule
        admin POST /v1/disks/{disk}/backups
        admin POST /v1/disks/{disk}/proof
        admin PUT /v1/routes/default
        listing GET /v1/version
        listing GET /v1/apps
        listing GET /v1/pools
        listing GET /v1/sandboxes
        listing GET /v1/routes
        listing GET /v1/disks
        listing GET /v1/drains
        listing GET /v1/sandboxes/metrics
        act POST /v1/apps
        act POST /v1/routes
        act GET /v1/images
        act GET /v1/audit
        view GET /v1/apps/{app}
        view GET /v1/apps/{app}/services
        view GET /v1/apps/{app}/scaling
        view GET /v1/apps/{app}/settled
        view GET /v1/apps/{app}/env
        view GET /v1/apps/{app}/deployments
        view GET /v1/apps/{app}/releases
        view GET /v1/apps/{app}/releases/{release}
        view GET /v1/apps/{app}/crashes
        view GET /v1/apps/{app}/logs
        view GET /v1/crashes/{sandbox}
        view GET /v1/apps/{app}/metrics
        deploy POST /v1/apps/{app}/drains
        deploy DELETE /v1/drains/{id}
        view GET /v1/apps/{app}/crons
        view GET /v1/apps/{app}/crons/runs
        deploy POST /v1/apps/{app}/crons/{cron}/run
        view GET /v1/deployments/{id}/events
        deploy DELETE /v1/apps/{app}
        deploy POST /v1/apps/{app}/scale
        deploy POST /v1/apps/{app}/restart
        deploy POST /v1/apps/{app}/deployments
        deploy POST /v1/apps/{app}/rollback
        deploy PATCH /v1/apps/{app}/env
        deploy GET /v1/apps/{app}/run
        deploy GET /v1/apps/{app}/forward
        deploy PUT /v1/apps/{app}/maintenance
        deploy POST /v1/deployments/{id}/cancel
        deploy POST /v1/sandboxes/{id}/stop
        deploy GET /v1/sandboxes/{id}/exec
        deploy PATCH /v1/routes/{**address}
        deploy DELETE /v1/routes/{**address}
        deploy GET /git/{repository}/info/refs
        deploy POST /git/{repository}/git-upload-pack
        deploy POST /git/{repository}/git-receive-pack
        listing GET /
        listing GET /apps
        listing POST /logout
        view GET /apps/{app}
        view GET /apps/{app}/overview
        view GET /apps/{app}/log
        view GET /apps/{app}/log/lines
        view GET /deployments/{id}
        view GET /deployments/{id}/events
        deploy POST /apps/{app}/scale
        deploy POST /apps/{app}/restart
        deploy POST /apps/{app}/rollback
        deploy POST /deployments/{id}/cancel
        listing * /{*path:nonfile}
        listing * /v1/{**path}
        listing * /git/{**path}
        """;

    private static readonly (string Name, Grant? Grant)[] Callers =
    [
        ("nobody", null),
        ("admin", Grant.All),
        ("deployer", new(TokenRole.Deployer, [Own])),
        ("viewer", new(TokenRole.Viewer, [Own])),
        ("overseer", new(TokenRole.Viewer, null)),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_endpoint_lets_in_whom_it_is_for_and_nobody_else()
    {
        await using var api = await StoppingBeforeEndpointsAsync();
        var things = await FillAsync(api);
        var rules = Matrix.Split('\n').Select(line => line.Split(' ', 2)).ToDictionary(parts => parts[1], parts => parts[0], StringComparer.Ordinal);
        var failures = new List<string>();
        var asked = 0;
        foreach (var endpoint in api.AllEndpoints)
        {
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"])
            {
                var name = $"{method} {endpoint.RoutePattern.RawText}";
                if (!rules.Remove(name, out var rule))
                {
                    failures.Add($"{name} is not in the matrix: say there whom it is for");
                    continue;
                }
                foreach (var (caller, grant) in Callers)
                {
                    foreach (var app in new[] { Own, Foreign })
                    {
                        var path = PathOf(endpoint, things[app]);
                        var answer = await AskAsync(api, method == "*" ? "GET" : method, path, grant);
                        var expected = Expected(rule, caller, app);
                        asked++;
                        if ((int)answer != expected)
                            failures.Add($"{caller} of {Own} asks for {method} {path}: {(int)answer} instead of {expected}");
                    }
                }
            }
        }
        failures.AddRange(rules.Keys.Select(gone => $"{gone} is in the matrix and nowhere else"));
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(asked > 500);
    }

    [Theory]
    [InlineData("GET", "/v1/apps/{0}")]
    [InlineData("POST", "/v1/apps/{0}/deployments?create=true")]
    [InlineData("GET", "/v1/apps/{0}/logs")]
    [InlineData("DELETE", "/v1/routes/{0}.localhost")]
    [InlineData("GET", "/git/{0}.git/info/refs?service=git-receive-pack")]
    public async Task A_foreign_app_answers_in_the_words_of_one_that_is_not_there(string method, string path)
    {
        await using var api = await ApiUnderTest.StartAsync();
        Assert.Null(api.House.Control.Apps.Create(Foreign).Error);
        using var deployer = ClientOf(api, new(TokenRole.Deployer, [Own]));

        var foreign = await TextOfAsync(deployer, method, string.Format(null, path, Foreign));
        var missing = await TextOfAsync(deployer, method, string.Format(null, path, "missing"));

        Assert.Equal(HttpStatusCode.NotFound, foreign.Status);
        Assert.Equal((missing.Status, missing.Text.Replace("missing", Foreign)), foreign);
    }

    [Fact]
    public async Task Listings_hold_what_the_token_covers()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await FillAsync(api);
        using var viewer = ClientOf(api, new(TokenRole.Viewer, [Own]));

        foreach (var listing in new[] { "/v1/apps", "/v1/pools", "/v1/sandboxes?all=true", "/v1/routes" })
        {
            var seen = await viewer.GetStringAsync(new Uri(listing, UriKind.Relative), Ct);
            Assert.Contains(Own, seen);
            Assert.DoesNotContain(Foreign, seen);
            Assert.Contains(Foreign, await api.Client.GetStringAsync(new Uri(listing, UriKind.Relative), Ct));
        }
    }

    [Fact]
    public async Task A_viewer_sees_the_names_of_variables_and_not_their_values()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await FillAsync(api);
        await api.House.SetEnvAsync(Own, "GREETING", "hello-there");
        using var viewer = ClientOf(api, new(TokenRole.Viewer, [Own]));
        using var deployer = ClientOf(api, new(TokenRole.Deployer, [Own]));

        foreach (var path in new[] { $"/v1/apps/{Own}/env", $"/v1/apps/{Own}/releases/v2" })
        {
            Assert.Contains("hello-there", await deployer.GetStringAsync(new Uri(path, UriKind.Relative), Ct));
            var seen = await viewer.GetStringAsync(new Uri(path, UriKind.Relative), Ct);
            Assert.Contains("GREETING", seen);
            Assert.DoesNotContain("hello-there", seen);
        }
    }

    [Fact]
    public async Task A_deployer_makes_the_apps_of_its_token_and_no_others()
    {
        await using var api = await ApiUnderTest.StartAsync();
        using var deployer = ClientOf(api, new(TokenRole.Deployer, [Own]));

        foreach (var body in new[] { """{"name":"foreign"}""", "{}" })
        {
            using var refused = await deployer.PostAsync(new Uri("/v1/apps", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Ct);
            Assert.Equal((HttpStatusCode.Forbidden, "/errors/for-other-apps"), await ApiUnderTest.ProblemOfAsync(refused) is var (status, type, _) ? (status, type) : default);
        }
        using var made = await deployer.PostAsync(new Uri("/v1/apps", UriKind.Relative), new StringContent("""{"name":"own"}""", Encoding.UTF8, "application/json"), Ct);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
    }

    [Fact]
    public async Task A_route_of_a_foreign_app_is_taken_without_saying_whose_it_is()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await FillAsync(api);
        using var deployer = ClientOf(api, new(TokenRole.Deployer, [Own]));
        using var answer = await deployer.PostAsync(new Uri("/v1/routes", UriKind.Relative), new StringContent($$"""{"host":"{{Foreign}}.localhost","app":"{{Own}}"}""", Encoding.UTF8, "application/json"), Ct);

        var (status, _, detail) = await ApiUnderTest.ProblemOfAsync(answer);

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("another app", detail);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_say_whom_it_is_for_is_closed_to_all()
    {
        await using var api = await ApiUnderTest.StartAsync(add: (_ => { }, app => app.MapGet("/v1/unsaid", () => "open")));

        var (status, type, _) = await ApiUnderTest.ProblemOfAsync(await api.SendAsync("GET", "/v1/unsaid"));

        Assert.Equal((HttpStatusCode.Forbidden, "/errors/closed"), (status, type));
    }

    [Theory]
    [InlineData("""{"name":"ci","role":"king"}""", "bad-role")]
    [InlineData("""{"name":"ci","role":"deployer"}""", "deployer-without-apps")]
    [InlineData("""{"name":"ci","apps":["own"]}""", "admin-with-apps")]
    [InlineData("""{"name":"ci","role":"viewer","apps":["No Good"]}""", "bad-name")]
    [InlineData("""{"name":" "}""", "bad-token-name")]
    public async Task A_token_that_makes_no_sense_is_refused(string body, string code)
    {
        await using var api = await ApiUnderTest.StartAsync();

        var (status, type, _) = await ApiUnderTest.ProblemOfAsync(await api.SendAsync("POST", "/v1/tokens", body));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, $"/errors/{code}"), (status, type));
    }

    [Fact]
    public async Task A_token_is_what_it_was_made_as()
    {
        await using var api = await ApiUnderTest.StartAsync();
        using var made = await api.SendAsync("POST", "/v1/tokens", """{"name":"ci","role":"deployer","apps":["own","own"]}""");
        var secret = (string)JsonNode.Parse(await made.Content.ReadAsStringAsync(Ct))!["secret"]!;

        var listed = JsonNode.Parse(await api.Client.GetStringAsync(new Uri("/v1/tokens", UriKind.Relative), Ct))!.AsArray().Single(t => (string)t!["name"]! == "ci")!;

        Assert.Equal(("deployer", "own"), ((string)listed["role"]!, (string)listed["apps"]!.AsArray().Single()!));
        Assert.Equal(TokenRole.Deployer, api.House.Stores.Tokens.Find(secret)!.Grant.Role);
    }

    private static int Expected(string rule, string caller, string app) => (rule, caller) switch
    {
        ("open", _) => LetIn,
        (_, "nobody") => 401,
        (_, "admin") => LetIn,
        ("listing", _) => LetIn,
        ("act", "deployer") => LetIn,
        ("oversee", "overseer") => LetIn,
        ("admin" or "oversee" or "act", _) => 403,
        (_, "deployer" or "viewer") when app == Foreign => 404,
        ("view", _) or ("deploy", "deployer") => LetIn,
        _ => 403,
    };

    /// <summary>What the path is filled with for one app.</summary>
    private sealed record Things(string App, string Deployment, string Sandbox, string Drain);

    private static async Task<Dictionary<string, Things>> FillAsync(ApiUnderTest api)
    {
        var things = new Dictionary<string, Things>(StringComparer.Ordinal);
        foreach (var app in new[] { Own, Foreign })
        {
            Assert.Null((await api.House.DeployNewAsync(app)).Error);
            var (stores, sandbox) = (api.House.Stores, (await api.House.Control.Engine.ListSandboxesAsync(app, Ct))[0]);
            stores.Capsules.Add(new Capsule
            {
                Sandbox = sandbox.Id, App = app, Pool = sandbox.PoolId, Service = "web", Release = sandbox.ReleaseId, At = DateTimeOffset.UnixEpoch, ExitCode = 1, OutOfMemory = false, Count = 1,
            });
            things[app] = new(app, stores.Deployments.List(app, 1)[0].Id, sandbox.Id, api.House.Control.Drains.Add(stores.Apps.Find(app)!, "http://127.0.0.1:1/in").Value.Drain.Id);
        }
        return things;
    }

    private static string PathOf(RouteEndpoint endpoint, Things things)
    {
        var path = endpoint.RoutePattern.RawText!
            .Replace("{app}", things.App).Replace("{repository}", things.App + ".git").Replace("{**address}", things.App + ".localhost").Replace("{**path}", "nothing").Replace("{*path:nonfile}", "nothing")
            .Replace("{release}", "v1").Replace("{sandbox}", things.Sandbox).Replace("{host}", "example.com").Replace("{disk}", "data").Replace("{cron}", "nightly").Replace("{version}/{name}", "1/dashboard.css")
            .Replace("{id}", endpoint.RoutePattern.RawText switch
            {
                var raw when raw.Contains("sandboxes", StringComparison.Ordinal) => things.Sandbox,
                var raw when raw.Contains("drains", StringComparison.Ordinal) => things.Drain,
                _ => things.Deployment,
            });
        Assert.DoesNotContain('{', path);
        return path;
    }

    private static Task<ApiUnderTest> StoppingBeforeEndpointsAsync() => ApiUnderTest.StartAsync(add: (_ => { }, app => app.Use((HttpContext http, RequestDelegate _) =>
    {
        http.Response.StatusCode = LetIn;
        return Task.CompletedTask;
    })));

    private static HttpClient ClientOf(ApiUnderTest api, Grant? grant)
    {
        var client = api.NewClient();
        if (grant is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", api.House.Stores.Tokens.Create("test", grant).Secret);
        return client;
    }

    private static async Task<HttpStatusCode> AskAsync(ApiUnderTest api, string method, string path, Grant? grant)
    {
        using var client = ClientOf(api, grant);
        // Of another type than an endpoint takes, a body leads past it to the answer for unknown paths.
        using HttpContent? content = path == "/login" ? new FormUrlEncodedContent([]) : method is "POST" or "PUT" or "PATCH" ? new StringContent("{}", Encoding.UTF8, "application/json") : null;
        using var answer = await client.SendAsync(new(new HttpMethod(method), path) { Content = content }, Ct);
        return answer.StatusCode;
    }

    private static async Task<(HttpStatusCode Status, string Text)> TextOfAsync(HttpClient client, string method, string path)
    {
        using var answer = await client.SendAsync(new(new HttpMethod(method), path), Ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }
}
