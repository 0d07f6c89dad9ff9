using System.Net;
using System.Text.Json.Nodes;
using Berth.Server.Dashboard;
using Berth.Testing;
using Microsoft.AspNetCore.Routing;

namespace Berth.Server.Tests;

public sealed class ApiTests
{
    private static readonly string[] Open = ["/healthz", "/openapi/v1.json"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_deployment_that_fails_leaves_an_app_that_says_so_until_one_succeeds()
    {
        await using var api = await ApiUnderTest.StartAsync();
        api.House.Control.Apps.Create("demo");
        await api.House.DeployAsync("demo", procfile: "web");

        var failed = await AppAsync();
        Assert.Equal("failed", (string)failed["status"]!);
        Assert.Contains("no entry", (string)failed["last_failure"]!["error"]!, StringComparison.Ordinal);

        Assert.Null((await api.House.DeployAsync("demo")).Error);
        Assert.Null((await AppAsync())["last_failure"]);

        async Task<JsonNode> AppAsync()
        {
            using var answer = await api.SendAsync("GET", "/v1/apps/demo");
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        }
    }

    [Fact]
    public async Task Every_endpoint_but_two_needs_a_token()
    {
        await using var api = await ApiUnderTest.StartAsync();
        using var stranger = api.NewClient();
        Assert.True(api.Endpoints.Count > 20);

        // The dashboard's sign-in page and its style are open too, as they say themselves.
        foreach (var endpoint in api.Endpoints.Where(e => !Open.Contains(e.RoutePattern.RawText) && e.Metadata.GetMetadata<DashboardAccess>() is not { NeedsSession: false }))
        {
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                var path = string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => s.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "x"));
                using var answer = await stranger.SendAsync(new(new HttpMethod(method), "/" + path), Ct);
                if (path.StartsWith("git/", StringComparison.Ordinal))
                {
                    // git shows no problem details, but plain text.
                    Assert.Equal((HttpStatusCode.Unauthorized, "text/plain"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
                    continue;
                }
                Assert.Equal((HttpStatusCode.Unauthorized, "/errors/token-needed"), await ApiUnderTest.ProblemOfAsync(answer) is var (status, type, _) ? (status, type) : default);
            }
        }
    }

    [Fact]
    public async Task A_wrong_token_is_told_from_a_missing_one()
    {
        await using var api = await ApiUnderTest.StartAsync();
        using var stranger = api.NewClient();
        stranger.DefaultRequestHeaders.Authorization = new("Bearer", "berth_00");

        var (status, _, detail) = await ApiUnderTest.ProblemOfAsync(await stranger.GetAsync(new Uri("/v1/apps", UriKind.Relative), Ct));

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("not known", detail);
    }

    [Fact]
    public async Task The_description_lists_every_endpoint()
    {
        await using var api = await ApiUnderTest.StartAsync();

        var paths = JsonNode.Parse(await api.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Ct))!["paths"]!.AsObject();

        foreach (var endpoint in api.Endpoints.Where(e => e.RoutePattern.RawText!.StartsWith("/v1", StringComparison.Ordinal)))
            Assert.NotNull(paths[endpoint.RoutePattern.RawText!]?[endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0].ToLowerInvariant()]);
    }

    [Theory]
    [InlineData("GET", "/v1/apps/none", null, 404, "app-not-found")]
    [InlineData("GET", "/v1/deployments/none/events", null, 404, "deployment-not-found")]
    [InlineData("POST", "/v1/sandboxes/none/stop", null, 404, "sandbox-not-found")]
    [InlineData("GET", "/v1/crashes/none", null, 404, "crash-not-found")]
    [InlineData("GET", "/v1/apps/none/crashes", null, 404, "app-not-found")]
    [InlineData("DELETE", "/v1/routes/none.example.com", null, 404, "route-not-found")]
    [InlineData("DELETE", "/v1/tokens/none", null, 404, "token-not-found")]
    [InlineData("GET", "/v1/nothing", null, 404, "no-such-endpoint")]
    [InlineData("GET", "/v1/nothing.txt", null, 404, "no-such-endpoint")]
    [InlineData("POST", "/v1/apps/demo/crons/none/run", null, 409, "no-release")]
    [InlineData("GET", "/v1/apps/demo/crons/runs?lines=-1", null, 422, "bad-entries")]
    [InlineData("GET", "/v1/audit?lines=-1", null, 422, "bad-entries")]
    [InlineData("GET", "/nothing.txt", null, 404, "no-such-endpoint")]
    [InlineData("PUT", "/v1/disks/none/schedule", """{"schedule":"0 3 * * *"}""", 404, "disk-not-found")]
    [InlineData("POST", "/v1/disks/none/backups", null, 404, "disk-not-found")]
    [InlineData("POST", "/v1/disks/new/restore?backup=none", null, 404, "backup-not-found")]
    [InlineData("POST", "/v1/version", null, 404, "no-such-endpoint")]
    [InlineData("POST", "/v1/apps", """{"name":"demo"}""", 409, "app-exists")]
    [InlineData("POST", "/v1/apps", """{"name":"No Good"}""", 422, "bad-name")]
    [InlineData("POST", "/v1/apps/demo/rollback", "{}", 409, "no-release")]
    [InlineData("POST", "/v1/apps/demo/rollback", """{"watch":"soon"}""", 422, "bad-watch")]
    [InlineData("POST", "/v1/apps/demo/deployments?image=nginx&watch=9h", null, 422, "bad-watch")]
    [InlineData("POST", "/v1/apps/demo/scale", """{"services":{"web":"3"}}""", 409, "no-release")]
    [InlineData("POST", "/v1/apps/demo/deployments", null, 422, "no-source")]
    [InlineData("POST", "/v1/apps/demo/deployments?image=-x", null, 422, "bad-image")]
    [InlineData("GET", "/v1/apps/demo/logs?filter=%2Fopen", null, 422, "bad-filter")]
    [InlineData("GET", "/v1/apps/demo/logs?lines=-1", null, 422, "bad-lines")]
    [InlineData("GET", "/v1/apps/demo/logs?lines=many", null, 400, "bad-request")]
    [InlineData("POST", "/v1/routes", """{"host":"a b","app":"demo"}""", 422, "bad-host")]
    [InlineData("DELETE", "/v1/routes/demo.localhost/none", null, 404, "route-not-found")]
    [InlineData("PATCH", "/v1/routes/none.example.com/api", "{}", 404, "route-not-found")]
    [InlineData("PATCH", "/v1/routes/demo.localhost", """{"timeout_seconds":-1}""", 422, "bad-timeout")]
    [InlineData("PATCH", "/v1/routes/demo.localhost", """{"timeout_seconds":1e300}""", 422, "bad-timeout")]
    [InlineData("PATCH", "/v1/routes/demo.localhost", """{"login":{"user":"ann"}}""", 422, "bad-password")]
    [InlineData("PATCH", "/v1/routes/demo.localhost", """{"login":{}}""", 400, "bad-request")]
    [InlineData("PATCH", "/v1/routes/demo.localhost", """{"allow":["10.0.0.0/33"]}""", 422, "bad-network")]
    [InlineData("PATCH", "/v1/routes/demo.localhost", """{"allow":[null]}""", 422, "bad-network")]
    [InlineData("PATCH", "/v1/routes/demo.localhost", """{"share":{"release":"v1","percent":100}}""", 422, "bad-share")]
    [InlineData("PATCH", "/v1/routes/demo.localhost", """{"share":{"release":"v1","percent":10}}""", 404, "release-not-found")]
    [InlineData("PUT", "/v1/apps/demo/maintenance", """{"on":true,"retry_after_seconds":0}""", 422, "bad-retry-after")]
    [InlineData("PATCH", "/v1/routes/demo.localhost", """{"https_only":true}""", 409, "no-https")]
    [InlineData("PUT", "/v1/certificates/demo.localhost", """{"certificate":"","key":""}""", 422, "bad-certificate")]
    [InlineData("PUT", "/v1/certificates/demo.localhost", """{"certificate":""}""", 400, "bad-request")]
    [InlineData("PUT", "/v1/certificates/*.example.com/automatic", null, 422, "not-automatic")]
    [InlineData("DELETE", "/v1/certificates/demo.localhost/automatic", null, 404, "certificate-not-found")]
    [InlineData("DELETE", "/v1/certificates/demo.localhost", null, 404, "certificate-not-found")]
    [InlineData("PUT", "/v1/apps/none/maintenance", """{"on":true}""", 404, "app-not-found")]
    [InlineData("POST", "/v1/tokens", """{"name":" "}""", 422, "bad-token-name")]
    [InlineData("POST", "/v1/apps", "{\"name\":", 400, "bad-request")]
    [InlineData("POST", "/v1/apps", "[]", 400, "bad-request")]
    [InlineData("POST", "/v1/tokens", "{}", 400, "bad-request")]
    [InlineData("POST", "/v1/tokens", """{"name":null}""", 400, "bad-request")]
    [InlineData("POST", "/v1/routes", """{"host":"a.example.com"}""", 400, "bad-request")]
    [InlineData("POST", "/v1/apps/demo/scale", """{"services":null}""", 400, "bad-request")]
    [InlineData("PATCH", "/v1/apps/demo/env", """{"set":{"A":null}}""", 422, "bad-env-value")]
    [InlineData("PATCH", "/v1/apps/demo/env", """{"set":{"A=B":"1"}}""", 422, "bad-env-key")]
    [InlineData("GET", "/v1/sandboxes/none/exec?command=sh", null, 400, "websocket-needed")]
    public async Task What_cannot_be_done_is_answered_with_a_problem(string method, string path, string? body, int status, string code)
    {
        await using var api = await ApiUnderTest.StartAsync();
        api.House.Control.Apps.Create("demo");

        using var answer = await api.SendAsync(method, path, body);

        var problem = await ApiUnderTest.ProblemOfAsync(answer);
        Assert.Equal((status, "/errors/" + code), ((int)problem.Status, problem.Type));
        Assert.NotEmpty(problem.Detail);
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_is_told_with_the_place()
    {
        await using var api = await ApiUnderTest.StartAsync();

        var (_, _, detail) = await ApiUnderTest.ProblemOfAsync(await api.SendAsync("POST", "/v1/apps", "{\"name\": nope}"));

        Assert.Contains("JSON", detail);
        Assert.Contains("LineNumber: 0", detail);
    }

    [Fact]
    public async Task A_body_of_another_type_is_told_by_its_type()
    {
        await using var api = await ApiUnderTest.StartAsync();

        using var answer = await api.Client.PostAsync(new Uri("/v1/apps", UriKind.Relative), new StringContent("name=demo"), Ct);

        var (status, type, detail) = await ApiUnderTest.ProblemOfAsync(answer);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "/errors/not-json"), (status, type));
        Assert.Contains("text/plain", detail);
    }

    [Fact]
    public async Task A_source_over_the_limit_is_refused_and_leaves_nothing_on_disk()
    {
        await using var api = await ApiUnderTest.StartAsync(h => h.Options = h.Options with { MaxSourceBytes = 1000 });
        api.House.Control.Apps.Create("demo");

        using var answer = await api.Client.PostAsync(new Uri("/v1/apps/demo/deployments", UriKind.Relative), new ByteArrayContent(new byte[1001]), Ct);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "/errors/too-large"), await ApiUnderTest.ProblemOfAsync(answer) is var (status, type, _) ? (status, type) : default);
        Assert.Empty(Directory.GetFiles(api.House.Options.BuildsFolder));
    }

    [Fact]
    public async Task A_refused_image_leaves_no_upload_on_disk()
    {
        await using var api = await ApiUnderTest.StartAsync();
        api.House.Control.Apps.Create("demo");

        using var answer = await api.Client.PostAsync(new Uri("/v1/apps/demo/deployments?image=-x", UriKind.Relative), new ByteArrayContent(new byte[100]), Ct);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Empty(Directory.GetFiles(api.House.Options.BuildsFolder));
    }

    [Fact]
    public async Task A_deployment_is_a_stream_that_ends_with_its_result()
    {
        await using var api = await ApiUnderTest.StartAsync();

        using var answer = await api.SendAsync("POST", $"/v1/apps/demo/deployments?create=true&image={Berth.Control.Tests.ControlUnderTest.Image}");

        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType?.MediaType);
        var events = (await answer.Content.ReadAsStringAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.All(events.SkipLast(1), e => Assert.NotEqual("result", (string?)e["type"]));
        Assert.Equal("succeeded", (string?)events[^1]["result"]!["outcome"]);
        Assert.Equal("v1", (string?)events[^1]["result"]!["release"]);
    }

    [Fact]
    public async Task A_size_can_be_set_while_the_count_stays()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.House.DeployNewAsync("demo");

        using var answer = await api.SendAsync("POST", "/v1/apps/demo/scale", """{"services":{"web":"same"},"memory":"256M"}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(256L << 20, api.House.Stores.Settings.List("demo")["web"].MemoryBytes);
        Assert.Null(api.House.Stores.Settings.List("demo")["web"].Scale);
    }

    [Theory]
    [InlineData(137, true, "out of memory")]
    [InlineData(139, false, "killed by SIGSEGV")]
    [InlineData(1, false, "exit code 1")]
    public async Task A_crash_is_shown_with_its_reason_and_what_had_changed(int exitCode, bool outOfMemory, string reason)
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.House.DeployNewAsync("demo");
        await api.House.SetEnvAsync("demo", "A", "1");
        await Eventually.HoldsAsync(() => api.House.Running("demo", "web").Count == 1);
        var web = api.House.Running("demo", "web").Single();
        var sandbox = web.Labels[Berth.Model.Labels.Sandbox];

        web.Exit(exitCode, outOfMemory);

        await Eventually.HoldsAsync(() => api.House.Stores.Capsules.Find(sandbox) is not null);
        var listed = JsonNode.Parse(await api.Client.GetStringAsync(new Uri("/v1/apps/demo/crashes", UriKind.Relative), Ct))!.AsArray();
        Assert.Equal(sandbox, (string)Assert.Single(listed)!["sandbox"]!);
        var shown = JsonNode.Parse(await api.Client.GetStringAsync(new Uri($"/v1/crashes/{sandbox}", UriKind.Relative), Ct))!;
        Assert.Equal((reason, "v2", "v1"), ((string)shown["crash"]!["reason"]!, (string)shown["crash"]!["release"]!, (string)shown["last_good"]!));
        Assert.Equal("variable A is new", (string)Assert.Single(shown["changes"]!.AsArray())!["text"]!);
    }

    [Fact]
    public async Task An_open_stream_does_not_hold_up_the_end_of_the_server()
    {
        await using var api = await ApiUnderTest.StartAsync();
        api.House.Control.Apps.Create("demo");
        using var stream = await api.Client.GetAsync(new Uri("/v1/apps/demo/logs?follow=true", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);

        // The host itself gives up on open requests after 30 s.
        await api.StopAsync().WaitAsync(TimeSpan.FromSeconds(25), Ct);
    }

    [Fact]
    public void A_second_server_on_the_same_state_is_refused()
    {
        using var folder = new TemporaryFolder();
        using (Hosting.StateLock.Take(folder.Path))
        {
            Assert.Contains("another berthd", Assert.Throws<InvalidOperationException>(() => Hosting.StateLock.Take(folder.Path)).Message);
            Assert.Equal(Environment.ProcessId, Hosting.StateLock.Holder(folder.Path));
        }
        Assert.Null(Hosting.StateLock.Holder(folder.Path));
        Hosting.StateLock.Take(folder.Path).Dispose();
    }
}
