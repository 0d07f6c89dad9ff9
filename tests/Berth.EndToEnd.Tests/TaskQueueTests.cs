using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Berth.EndToEnd.Tests;

/// <summary>The sample that <c>./start</c> deploys, used as the README says.</summary>
public sealed class TaskQueueTests(SharedServer shared)
{
    private const string App = "taskqueue";

    [Fact]
    public async Task The_sample_does_jobs_scales_takes_new_config_under_load_and_goes_back()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        (await berth.CliAsync("deploy", SourceFolder.Sample(App), "-a", App)).Succeeded();
        Assert.Contains("<html", await berth.PageAsync(App), StringComparison.OrdinalIgnoreCase);

        await AddJobsAsync(berth, 1);
        var state = await StateWhenAsync(berth, "the job is done", s => (int)s["done_count"]! == 1, ct);
        Assert.Contains((string)state["done"]![0]!["worker"]!, (await berth.RunningAsync(App, "worker")).Select(s => (string)s["id"]!));

        (await berth.CliAsync("scale", "worker=3", "-a", App)).Succeeded();
        await StateWhenAsync(berth, "three workers call", s => s["workers"]!.AsArray().Count == 3, ct);
        await AddJobsAsync(berth, 12);
        state = await StateWhenAsync(berth, "all jobs are done", s => (int)s["done_count"]! == 13, ct);
        Assert.All(state["workers"]!.AsArray(), worker => Assert.True((int)worker!["done"]! > 0, $"a worker took no job: {state}"));

        (await berth.CliAsync("scale", "web=2", "-a", App)).Succeeded();
        await Eventually.TrueAsync("two web sandboxes run", async () => (await berth.RunningAsync(App, "web")).Count == 2, ct);

        await ChangesUnderLoadFailNoRequestAsync(berth, ct);
        AssertColumns("NAME", (await berth.CliAsync("app", "list")).Succeeded().Stdout, App);
        AssertColumns("ID                          VERSION", (await berth.CliAsync("sandbox-pool", "list")).Succeeded().Stdout, "pool-");
        AssertColumns("ID                                SERVICE", (await berth.CliAsync("sandbox", "list")).Succeeded().Stdout, "taskqueue-web-");
    }

    [Fact]
    public async Task Workers_come_when_the_queue_fills_and_go_when_it_is_empty()
    {
        const string Other = "taskqueue-by-length";
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        using var source = SourceFolder.With((".berth/app.toml", """
            [services.redis]
            image = "stack/redis"
            [services.worker]
            image = "stack/redis"
            command = "trap exit TERM; while :; do sleep 1 & wait; done"
            [services.worker.concurrency]
            mode = "queue"
            redis_list = "redis://redis/0#jobs"
            interval = "1s"
            scale_down_delay = "1s"
            max_instances = 4
            quiet_signal = "USR1"
            quiet_for = "0s"
            """));
        (await berth.CliAsync("deploy", source.Path, "-a", Other)).Succeeded();
        await Eventually.BecomesAsync("no worker runs", async () => (await berth.RunningAsync(Other, "worker")).Count, count => count == 0, ct);
        var redis = (string)Assert.Single(await berth.RunningAsync(Other, "redis"))["id"]!;

        (await berth.CliAsync("sandbox", "exec", redis, "--", "sh", "-c", "redis-cli LPUSH jobs $(seq 50)")).Succeeded();

        await Eventually.BecomesAsync("four run", async () => (await berth.RunningAsync(Other, "worker")).Count, count => count == 4, ct);
        Assert.Contains("50 jobs, 10 to an instance, which needs 5; max_instances is 4", (await berth.CliAsync("scale", "--explain", "-a", Other)).Succeeded().Stdout, StringComparison.Ordinal);
        (await berth.CliAsync("sandbox", "exec", redis, "--", "redis-cli", "DEL", "jobs")).Succeeded();
        await Eventually.BecomesAsync("none runs", async () => (await berth.RunningAsync(Other, "worker")).Count, count => count == 0, ct);
    }

    private static async Task ChangesUnderLoadFailNoRequestAsync(BerthServer berth, CancellationToken ct)
    {
        var greeting = (string)(await StateAsync(berth))["greeting"]!;
        await using var load = SteadyLoad.On(berth, App, "/healthz");
        await load.AnsweredAsync(100, ct);

        (await berth.CliAsync("env", "set", "GREETING=hi", "-a", App)).Succeeded();
        var state = await StateAsync(berth);
        Assert.Equal(("hi", "v2"), ((string)state["greeting"]!, (string)state["release"]!));
        await load.AnsweredAsync(100, ct);

        (await berth.CliAsync("rollback", "v1", "-a", App)).Succeeded();
        state = await StateAsync(berth);
        Assert.Equal((greeting, "v3"), ((string)state["greeting"]!, (string)state["release"]!));
        await load.AnsweredAsync(100, ct);
        await load.EndWithoutFailureAsync(atLeast: 300);
    }

    private static void AssertColumns(string header, string table, string rowBegins)
    {
        var expected = ReferencePage.Read("miren-services.md").BlockFrom(header)[0];
        var lines = table.Split('\n');

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(lines, line => line.StartsWith(rowBegins, StringComparison.Ordinal));
    }

    private static async Task<JsonNode> StateAsync(BerthServer berth) => JsonNode.Parse(await berth.PageAsync(App, "/api/state"))!;

    private static Task<JsonNode> StateWhenAsync(BerthServer berth, string what, Func<JsonNode, bool> wanted, CancellationToken ct) =>
        Eventually.BecomesAsync(what, () => StateAsync(berth), wanted, ct);

    private static async Task AddJobsAsync(BerthServer berth, int count)
    {
        using var request = berth.Request(HttpMethod.Post, App, "/api/jobs");
        request.Content = new StringContent($$"""{"title": "test", "count": {{count}}}""", Encoding.UTF8, "application/json");
        using var response = await berth.Visitor.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }
}
