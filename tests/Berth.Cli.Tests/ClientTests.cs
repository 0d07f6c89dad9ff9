using System.Net;
using Berth.Contracts;
using Microsoft.AspNetCore.Http;

namespace Berth.Cli.Tests;

/// <summary>The typed client by itself: streams and their limits.</summary>
public sealed class ClientTests
{
    private const string Logs = "GET /v1/apps/shop/logs";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_line_is_handed_on_before_the_next_one_is_sent()
    {
        await using var api = await FakeApi.StartAsync();
        var seen = new TaskCompletionSource();
        api.On(Logs, async context =>
        {
            await context.Response.WriteAsync(Wire.Log[..40], Ct);
            await context.Response.Body.FlushAsync(Ct);
            await context.Response.WriteAsync(Wire.Log[40..] + "\n", Ct);
            await context.Response.Body.FlushAsync(Ct);
            await seen.Task;
            await context.Response.WriteAsync("\r\n\n" + Wire.Log, Ct);
        });
        using var client = new BerthClient(new Uri(api.Url), null);

        var lines = new List<LogLine>();
        await foreach (var line in client.ReadLogsAsync("shop", new LogQuery(), Ct))
        {
            lines.Add(line);
            seen.TrySetResult();
        }

        Assert.Equal(2, lines.Count);
        Assert.Equal("boom \e[31mred", lines[1].Text);
    }

    [Fact]
    public async Task A_line_of_ten_megabytes_is_read_whole()
    {
        await using var api = await FakeApi.StartAsync();
        var text = new string('x', 10 << 20);
        api.Lines(Logs, Wire.Log.Replace("boom", text, StringComparison.Ordinal));
        using var client = new BerthClient(new Uri(api.Url), null);

        await foreach (var line in client.ReadLogsAsync("shop", new LogQuery(), Ct))
            Assert.StartsWith(text, line.Text);
    }

    [Fact]
    public async Task A_line_past_the_limit_ends_the_stream_with_an_error()
    {
        await using var api = await FakeApi.StartAsync();
        api.Lines(Logs, new string('x', 5000));
        using var client = new BerthClient(new Uri(api.Url), null, new BerthClientOptions { MaxLineBytes = 1000 });

        var error = await Assert.ThrowsAsync<BerthApiException>(async () => await client.ReadLogsAsync("shop", new LogQuery(), Ct).ToListAsync(Ct));

        Assert.Contains("a line of more than 1000 bytes", error.Message);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_in_time()
    {
        await using var api = await FakeApi.StartAsync();
        var never = new TaskCompletionSource();
        api.On("GET /v1/apps", _ => never.Task);
        using var client = new BerthClient(new Uri(api.Url), null, new BerthClientOptions { AnswerTimeout = TimeSpan.FromMilliseconds(200) });

        var error = await Assert.ThrowsAsync<BerthUnreachableException>(() => client.ListAppsAsync(Ct));

        Assert.Contains("gave no answer within", error.Message);
        never.SetResult();
    }

    [Fact]
    public async Task A_refusal_keeps_status_code_and_diagnostics()
    {
        await using var api = await FakeApi.StartAsync();
        api.Problem("GET /v1/apps/shop", 422, "bad-files", "no", """[{"code":"c","severity":"error","message":"m","file":"Procfile","line":1,"column":2}]""");
        using var client = new BerthClient(new Uri(api.Url), null);

        var error = await Assert.ThrowsAsync<BerthApiException>(() => client.GetAppAsync("shop", Ct));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "bad-files", "no", "Procfile"), (error.Status, error.Code, error.Message, error.Diagnostics[0].File));
    }

    [Fact]
    public async Task A_path_in_the_servers_address_is_kept()
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /berth/v1/apps", "[]");
        using var client = new BerthClient(new Uri(api.Url + "/berth"), null);

        Assert.Empty(await client.ListAppsAsync(Ct));
    }

    [Fact]
    public void What_a_client_leaves_out_is_empty_not_null()
    {
        var change = System.Text.Json.JsonSerializer.Deserialize("{}", ContractsJson.Default.EnvChangeRequest)!;

        Assert.Empty(change.Set);
        Assert.Empty(change.Unset);
    }
}
