using System.Text.Json;
using Berth.Router.Tests.Servers;

namespace Berth.Router.Tests;

/// <summary>What is told of requests afterwards: the access log and the metrics.</summary>
public abstract class TrafficTests(Http1Forwarder http1) : RouterTests(http1)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_request_is_a_line_of_JSON_whatever_the_client_sent()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
        var lines = await LinesAsync(AccessLogFormat.Json, upstream, "POST /a?b=c HTTP/1.1\r\nHost: Demo.test:80\r\nUser-Agent: \"x\\ \u00c3\u00bc\r\nReferer: http://r/\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
        using var line = JsonDocument.Parse(lines.Single());
        var entry = line.RootElement;
        Assert.Equal(
            ("demo", upstream.Sandbox.Id, "127.0.0.1", "POST", "demo.test", "/a?b=c", "HTTP/1.1", 201, 5),
            (Text("app"), Text("sandbox"), Text("client"), Text("method"), Text("host"), Text("target"), Text("protocol"), entry.GetProperty("status").GetInt32(), entry.GetProperty("bytes_in").GetInt32()));
        Assert.StartsWith("\"x\\ ", Text("user_agent"), StringComparison.Ordinal);
        Assert.Equal("http://r/", Text("referer"));
        Assert.InRange(entry.GetProperty("ms").GetDouble(), 0, 60_000);

        string Text(string name) => entry.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task Each_request_is_a_line_in_the_combined_form()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        var lines = await LinesAsync(AccessLogFormat.Combined, upstream, "GET /a\" HTTP/1.1\r\nHost: a\r\nUser-Agent: evil\" 200\r\nConnection: close\r\n\r\n");
        Assert.Matches("^127\\.0\\.0\\.1 - - \\[\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000\\] \"GET /a\\\\x22 HTTP/1\\.1\" 200 \\d+ \"-\" \"evil\\\\x22 200\" demo demo-web-raw [\\d.]+$", lines.Single());
    }

    [Fact]
    public async Task No_log_is_kept_where_none_is_wanted()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Assert.Empty(await LinesAsync(AccessLogFormat.Off, upstream, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    }

    [Fact]
    public async Task The_metrics_count_requests_by_app_and_class()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 204 No Content\r\n\r\n");
        await using var router = await StartRouterAsync();
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await router.Http.GetAsync("/", Ct)).StatusCode);
        await router.PushAsync(upstream.Sandbox);
        for (int i = 0; i < 3; i++)
            (await router.Http.GetAsync("/", Ct)).Dispose();
        await router.ReportAsync(report => report.InFlight.Count == 0);
        // A request is counted a moment after the client has its answer.
        var metrics = "";
        for (int i = 0; i < 1000 && !metrics.Contains("berth_router_request_duration_seconds_count{app=\"demo\"} 3\n", StringComparison.Ordinal); i++)
            metrics = await router.Client.MetricsAsync(Ct);
        Assert.Contains("\nberth_router_requests_total{app=\"demo\",code=\"2xx\"} 3\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nberth_router_requests_total{app=\"\",code=\"4xx\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nberth_router_request_duration_seconds_bucket{app=\"demo\",le=\"+Inf\"} 3\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nberth_router_request_duration_seconds_count{app=\"demo\"} 3\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nberth_router_in_flight{app=\"demo\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nberth_router_waiting{app=\"demo\"} 0\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_learns_what_came_back_from_each_sandbox_and_clients_do_not()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        await using var router = await StartRouterAsync();
        await router.PushAsync(upstream.Sandbox);
        Assert.Equal([new(upstream.Sandbox.Id, 0, 0, 0)], await router.Client.AnswersAsync("demo", Ct));

        using (var answer = await router.Http.GetAsync("/", Ct))
            Assert.DoesNotContain(upstream.Sandbox.Id, answer.ToString(), StringComparison.Ordinal);

        // Counted before the client has it: no need to ask twice.
        Assert.Equal([new(upstream.Sandbox.Id, 1, 1, 0)], await router.Client.AnswersAsync("demo", Ct));
        Assert.Equal([], await router.Client.AnswersAsync("other", Ct));
    }

    [Fact]
    public async Task A_sandbox_that_gives_no_answer_is_counted_as_failed()
    {
        await using var upstream = RawUpstream.Answering("no HTTP\r\n\r\n");
        await using var router = await StartRouterAsync();
        await router.PushAsync(upstream.Sandbox);

        using (var page = await router.Http.GetAsync("/", Ct))
            Assert.Equal(System.Net.HttpStatusCode.BadGateway, page.StatusCode);

        Assert.Equal([new(upstream.Sandbox.Id, 0, 0, 1)], await router.Client.AnswersAsync("demo", Ct));
    }

    /// <summary>The log's lines once the router has ended.</summary>
    private async Task<string[]> LinesAsync(AccessLogFormat format, RawUpstream upstream, string request)
    {
        var folder = Directory.CreateTempSubdirectory("berth-access-");
        await using (var router = await StartRouterAsync(options => options with { AccessLog = format, StateFolder = folder.FullName, StopTimeout = TimeSpan.FromSeconds(30) }))
        {
            await router.PushAsync(upstream.Sandbox);
            await using var client = await router.ConnectAsync();
            await client.WriteAsync(request);
            Assert.StartsWith("HTTP/1.1 2", await client.ReadToEndAsync(), StringComparison.Ordinal);
        }
        var path = Path.Combine(folder.FullName, "access.log");
        var lines = File.Exists(path) ? await File.ReadAllLinesAsync(path, Ct) : [];
        folder.Delete(recursive: true);
        return lines;
    }
}

public sealed class TrafficBySessionTests() : TrafficTests(Http1Forwarder.Session);

public sealed class TrafficByKestrelTests() : TrafficTests(Http1Forwarder.Kestrel);
