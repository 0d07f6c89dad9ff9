using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Model;
using Berth.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Tests;

/// <summary>Secrets are planted, made to be printed wherever an app can print, and looked for wherever they could have gone.</summary>
public sealed class SecretTests
{
    private const string Secret = "planted-by-hand-7f3a";
    private const string Sensitive = "planted-in-file-91c2";

    private const string AppToml = $$"""
        release = "echo released with $TOKEN $API_KEY"
        [[env]]
        key = "API_KEY"
        value = "{{Sensitive}}"
        sensitive = true
        [services.web]
        command = "serve"
        [services.worker]
        command = "work"
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_planted_secret_is_found_nowhere()
    {
        using var log = new LogLines();
        await using var api = await ApiUnderTest.StartAsync(house => house.Logging = LoggerFactory.Create(logging => logging.AddProvider(log)));
        var worker = await PlantAsync(api);

        Assert.Contains($"TOKEN={Secret}", worker.Env);
        await AssertNotInFilesAsync(api.House.Options.StateFolder);
        await AssertNotInAnswersAsync(api, worker.Labels[Labels.Sandbox]);
        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains(Secret, StringComparison.Ordinal) || line.Contains(Sensitive, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_printed_is_there_but_for_the_secret()
    {
        await using var api = await ApiUnderTest.StartAsync();
        var worker = await PlantAsync(api);
        var sandbox = worker.Labels[Labels.Sandbox];

        Assert.Contains("connecting with *** and ***", await api.Client.GetStringAsync(new Uri("/v1/apps/demo/logs", UriKind.Relative), Ct));
        Assert.Contains("connecting with *** and ***", await api.Client.GetStringAsync(new Uri($"/v1/crashes/{sandbox}", UriKind.Relative), Ct));
        var release = api.House.Stores.Releases.Find("demo", 1)!.Id;
        var first = api.House.Stores.Deployments.List("demo", 10).Single(d => d.ReleaseId == release);
        Assert.Contains("released with *** ***", await api.Client.GetStringAsync(new Uri($"/v1/deployments/{first.Id}/events", UriKind.Relative), Ct));
        Assert.Contains("echo ***: exit code", await api.Client.GetStringAsync(new Uri("/v1/audit", UriKind.Relative), Ct));
    }

    [Fact]
    public async Task A_secret_stays_one_when_it_gets_another_value_and_is_none_after_it_was_unset()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.House.DeployNewAsync("demo");
        await ChangeAsync(api, $$"""{"set":{"TOKEN":"{{Secret}}"},"secret":true}""");
        await ChangeAsync(api, """{"set":{"TOKEN":"another-value"}}""");

        var listed = await EnvAsync(api);
        Assert.Equal((null, true), ((string?)listed["value"], (bool)listed["secret"]!));
        Assert.DoesNotContain("another-value", await api.Client.GetStringAsync(new Uri("/v1/apps/demo/releases/v3", UriKind.Relative), Ct));

        await ChangeAsync(api, """{"unset":["TOKEN"]}""");
        await ChangeAsync(api, """{"set":{"TOKEN":"in-the-open"}}""");
        Assert.Equal(("in-the-open", false), ((string?)(await EnvAsync(api))["value"], (bool)(await EnvAsync(api))["secret"]!));
    }

    [Fact]
    public async Task Going_back_brings_a_secret_back_as_a_secret()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.House.DeployNewAsync("demo");
        await ChangeAsync(api, $$"""{"set":{"TOKEN":"{{Secret}}"},"secret":true}""");
        await ChangeAsync(api, """{"unset":["TOKEN"]}""");
        await api.House.EndOfAsync(Berth.Control.Tests.ControlUnderTest.Id(api.House.Control.Deployments.RollBack(api.House.Stores.Apps.Find("demo")!, "v2")));
        await api.House.RestartAsync();

        await Eventually.HoldsAsync(() => api.House.Running("demo", "web") is [var one] && one.Env.Contains($"TOKEN={Secret}"));
        Assert.True(api.House.Active("demo").Config.Single().Secret);
    }

    /// <summary>An app with two secrets that prints them in a release command, a log, a crash, a failed start and a command that somebody runs.</summary>
    private static async Task<Berth.Testing.Docker.FakeContainer> PlantAsync(ApiUnderTest api)
    {
        var house = api.House;
        using var made = await api.SendAsync("POST", "/v1/apps", """{"name":"demo"}""");
        made.EnsureSuccessStatusCode();
        await ChangeAsync(api, $$"""{"set":{"TOKEN":"{{Secret}}"},"secret":true}""");
        await DrainAsync(api, $"http://ann:{Secret}@127.0.0.1:9/in?token={Secret}", HttpStatusCode.OK);
        await DrainAsync(api, $"ftp://{Secret}@127.0.0.1/in?token={Secret}", HttpStatusCode.UnprocessableEntity);
        await DrainAsync(api, $"http://ann:{Secret}@/in?token={Secret}", HttpStatusCode.UnprocessableEntity);
        var deployed = await house.EndOfAsync(await house.BeginDeployAsync("demo", new Dictionary<string, string> { [".berth/app.toml"] = AppToml }));
        Assert.Null(deployed.Error);

        var worker = Assert.Single(house.Running("demo", "worker"));
        var sandbox = worker.Labels[Labels.Sandbox];
        worker.Print($"connecting with {Secret} and {Sensitive}\n");
        await RunAsync(api, sandbox);
        worker.Exit(1);
        await Eventually.HoldsAsync(() => house.Stores.Capsules.Find(sandbox) is { Lines.Count: > 0 });
        for (int i = 0; i < 5; i++)
            house.Docker.FailNext("POST /containers/*/start", 400, $"exec: \"{Secret}\": executable file not found");
        await house.DeployAsync("demo", force: true);
        return worker;
    }

    /// <summary>Neither what is taken nor what is refused shows it.</summary>
    private static async Task DrainAsync(ApiUnderTest api, string url, HttpStatusCode expected)
    {
        using var answer = await api.SendAsync("POST", "/v1/apps/demo/drains", $$"""{"url":"{{url}}"}""");
        Assert.Equal(expected, answer.StatusCode);
        Assert.DoesNotContain(Secret, await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private static async Task RunAsync(ApiUnderTest api, string sandbox)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", api.Client.DefaultRequestHeaders.Authorization!.ToString());
        await socket.ConnectAsync(new UriBuilder(api.Client.BaseAddress!) { Scheme = "ws", Path = $"/v1/sandboxes/{sandbox}/exec", Query = $"command=echo&command={Secret}" }.Uri, Ct);
        while (socket.State == WebSocketState.Open)
            await socket.ReceiveAsync(new byte[1024], Ct);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Ct);
        await Eventually.HoldsAsync(() => api.House.Stores.Audit.List(["demo"], since: null, limit: 1).Single().Status is not null);
    }

    private static async Task AssertNotInFilesAsync(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".sock", StringComparison.Ordinal)).ToList();
        Assert.Contains(files, f => f.EndsWith("berth.db", StringComparison.Ordinal));
        Assert.Contains(files, f => f.EndsWith(".log", StringComparison.Ordinal));
        Assert.Contains(files, f => f.EndsWith(".ndjson", StringComparison.Ordinal));
        foreach (var file in files)
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, Ct);
            foreach (var value in new[] { Secret, Sensitive })
                Assert.True(bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(value)) < 0, $"{value} is in {file}");
        }
    }

    /// <summary>All that can be read with all rights. Left out are commands, which are WebSockets, and the log that a page follows without end: it is the one of the API.</summary>
    private static async Task AssertNotInAnswersAsync(ApiUnderTest api, string sandbox)
    {
        var deployments = api.House.Stores.Deployments.List("demo", 100);
        var read = 0;
        foreach (var endpoint in api.Endpoints.Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true))
        {
            var pattern = endpoint.RoutePattern.RawText!;
            if (pattern.EndsWith("/exec", StringComparison.Ordinal) || pattern.EndsWith("/run", StringComparison.Ordinal) || pattern.EndsWith("/log/lines", StringComparison.Ordinal))
                continue;
            foreach (var deployment in pattern.Contains("{id}", StringComparison.Ordinal) ? deployments.Select(d => d.Id) : [""])
            {
                foreach (var release in pattern.Contains("{release}", StringComparison.Ordinal) ? api.House.Stores.Releases.List("demo").Select(r => r.Label) : [""])
                {
                    var path = pattern.Replace("{app}", "demo").Replace("{sandbox}", sandbox).Replace("{id}", deployment).Replace("{release}", release).Replace("{repository}", "demo.git").Replace("{disk}", "data").Replace("{host}", "h").Replace("{version}/{name}", "1/htmx.js");
                    using var answer = await api.SendAsync("GET", path);
                    Assert.False((await answer.Content.ReadAsStringAsync(Ct)).Contains(Secret, StringComparison.Ordinal), $"GET {path} shows the secret");
                    read++;
                }
            }
        }
        Assert.True(read > 40);
    }

    private static async Task ChangeAsync(ApiUnderTest api, string body)
    {
        using var changed = await api.SendAsync("PATCH", "/v1/apps/demo/env", body);
        Assert.Contains("\"outcome\":\"succeeded\"", (await changed.Content.ReadAsStringAsync(Ct)).Replace("unchanged", "succeeded"));
    }

    private static async Task<JsonNode> EnvAsync(ApiUnderTest api) => JsonNode.Parse(await api.Client.GetStringAsync(new Uri("/v1/apps/demo/env", UriKind.Relative), Ct))!.AsArray().Single()!;

    /// <summary>What berthd logs.</summary>
    private sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
