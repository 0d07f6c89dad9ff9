using System.Net;
using System.Net.Sockets;
using System.Text.Json;
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
        using var client = new BerthClient(ServerAddress.Parse(api.Url)!, null);

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
        using var client = new BerthClient(ServerAddress.Parse(api.Url)!, null);

        await foreach (var line in client.ReadLogsAsync("shop", new LogQuery(), Ct))
            Assert.StartsWith(text, line.Text);
    }

    [Fact]
    public async Task A_line_past_the_limit_ends_the_stream_with_an_error()
    {
        await using var api = await FakeApi.StartAsync();
        api.Lines(Logs, new string('x', 5000));
        using var client = new BerthClient(ServerAddress.Parse(api.Url)!, null, new BerthClientOptions { MaxLineBytes = 1000 });

        var error = await Assert.ThrowsAsync<BerthApiException>(async () => await client.ReadLogsAsync("shop", new LogQuery(), Ct).ToListAsync(Ct));

        Assert.Contains("a line of more than 1000 bytes", error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_never_answers_is_given_up_in_time(bool plain)
    {
        await using var api = await FakeApi.StartAsync();
        var never = new TaskCompletionSource();
        api.On("GET /v1/apps", _ => never.Task);
        using var client = new BerthClient(ServerAddress.Parse(api.Url)!, null, new BerthClientOptions { AnswerTimeout = TimeSpan.FromMilliseconds(200), PlainLoopback = plain });

        var error = await Assert.ThrowsAsync<BerthUnreachableException>(() => client.ListAppsAsync(Ct));

        Assert.Contains("gave no answer within", error.Message);
        never.SetResult();
    }

    [Fact]
    public async Task The_list_of_apps_says_all_that_the_server_writes()
    {
        await using var api = await FakeApi.StartAsync();
        var whole = new AppSummary
        {
            Name = "sh\"op",
            Version = "shop-v1",
            Release = "v1",
            DeployedAt = new DateTimeOffset(2024, 1, 14, 10, 30, 45, TimeSpan.FromHours(2)),
            Commit = "5f4dd55",
            Urls = ["http://shop.localhost", "http://größe.example.com"],
            Status = "running",
        };
        Assert.All(typeof(AppSummary).GetProperties(), member => Assert.NotNull(member.GetValue(whole)));
        IReadOnlyList<AppSummary> sent = [whole, new AppSummary { Name = "bare", Urls = [], Status = "new" }];
        var json = JsonSerializer.Serialize(sent, ContractsJson.Default.IReadOnlyListAppSummary);
        api.Json("GET /v1/apps", json.Replace("[{", """[{"of_a_later_server":{"name":[1,{"urls":null}]},"commit":null,""", StringComparison.Ordinal));
        using var client = new BerthClient(ServerAddress.Parse(api.Url)!, null);

        var received = await client.ListAppsAsync(Ct);

        Assert.Equal(json, JsonSerializer.Serialize(received, ContractsJson.Default.IReadOnlyListAppSummary));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("""[{"name":"a","urls":[],"status":7}]""")]
    [InlineData("""[{"name":"a","urls":[null],"status":"new"}]""")]
    [InlineData("""[{"name":"a","urls":"http://a","status":"new"}]""")]
    [InlineData("""[{"name":"a","urls":[],"status":"new","deployed_at":"yesterday"}]""")]
    [InlineData("""[{"name":"a","urls":[],"status":"new"}""")]
    [InlineData("[][]")]
    public async Task What_is_no_list_of_apps_is_not_taken_for_one(string answer)
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/apps", answer);
        using var client = new BerthClient(ServerAddress.Parse(api.Url)!, null);

        var error = await Assert.ThrowsAsync<BerthApiException>(() => client.ListAppsAsync(Ct));

        Assert.Contains("not as a Berth server does", error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refusal_keeps_status_code_and_diagnostics(bool plain)
    {
        await using var api = await FakeApi.StartAsync();
        api.Problem("GET /v1/apps/shop", 422, "bad-files", "no", """[{"code":"c","severity":"error","message":"m","file":"Procfile","line":1,"column":2}]""");
        using var client = new BerthClient(ServerAddress.Parse(api.Url)!, null, new BerthClientOptions { PlainLoopback = plain });

        var error = await Assert.ThrowsAsync<BerthApiException>(() => client.GetAppAsync("shop", Ct));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "bad-files", "no", "Procfile"), (error.Status, error.Code, error.Message, error.Diagnostics[0].File));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_goes_out_and_a_large_answer_comes_back_whole(bool plain)
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("POST /v1/apps", Wire.NewApp.Replace("conference", new string('x', 3 << 20), StringComparison.Ordinal), 201);
        using var client = new BerthClient(ServerAddress.Parse(api.Url)!, "t0ken", new BerthClientOptions { PlainLoopback = plain });

        var app = await client.CreateAppAsync("größe", Ct);

        Assert.Equal(3 << 20, app.Name.Length);
        var received = Assert.Single(api.Received);
        Assert.Equal(("POST /v1/apps", "Bearer t0ken"), (received.Line, received.Token));
        Assert.Contains("gr", received.Body);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[]", typeof(BerthUnreachableException))]
    [InlineData("HTTP/1.1 200 OK\r\nContent-", typeof(BerthUnreachableException))]
    [InlineData("", typeof(BerthUnreachableException))]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", typeof(BerthApiException))]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n[]", typeof(BerthApiException))]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n", typeof(BerthApiException))]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n[", typeof(BerthApiException))]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n[]", null)]
    [InlineData("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n[]more", null)]
    public async Task What_is_no_whole_answer_is_told_from_what_is(string answer, Type? error)
    {
        var thrown = await ThrownAsync(answer, client => client.ListAppsAsync(Ct));

        Assert.Equal(error, thrown?.GetType());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "", typeof(BerthUnreachableException))]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "L", typeof(BerthUnreachableException))]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "L;a=b,0", null)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "L,L,0", null)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "", typeof(BerthUnreachableException))]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\n\r\n-1\r\n", "", typeof(BerthUnreachableException))]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\n", "", typeof(BerthUnreachableException))]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\n\nmore", "", null)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n\n", "", null)]
    [InlineData("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n", "", typeof(BerthApiException))]
    [InlineData("HTTP/1.1 200", "", typeof(BerthUnreachableException))]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", "", typeof(BerthApiException))]
    public async Task A_stream_that_was_cut_off_is_told_from_one_that_ended(string head, string chunks, Type? error)
    {
        // L: a chunk with one line of a log; 0: the last chunk.
        var line = Wire.Log + "\n";
        var body = string.Concat(chunks.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(c => c == "0" ? "0\r\n\r\n" : $"{line.Length:x}{c[1..]}\r\n{line}\r\n"));
        var read = 0;

        var thrown = await ThrownAsync(head + body, async client =>
        {
            await foreach (var _ in client.ReadLogsAsync("shop", new LogQuery(), Ct))
                read++;
        });

        Assert.Equal(error, thrown?.GetType());
        Assert.Equal(chunks.Count(c => c == 'L'), read);
    }

    [Fact]
    public async Task A_cancelled_request_ends_at_once()
    {
        await using var api = await FakeApi.StartAsync();
        var never = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        api.On("GET /v1/apps", async _ =>
        {
            await stop.CancelAsync();
            await never.Task;
        });
        using var client = new BerthClient(ServerAddress.Parse(api.Url)!, null);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ListAppsAsync(stop.Token));

        never.SetResult();
    }

    [Fact]
    public async Task A_path_in_the_servers_address_is_kept()
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /berth/v1/apps", "[]");
        using var client = new BerthClient(ServerAddress.Parse(api.Url + "/berth")!, null);

        Assert.Empty(await client.ListAppsAsync(Ct));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task A_server_on_this_machine_answers_by_each_of_its_names(string host)
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/apps", "[]");
        using var client = new BerthClient(ServerAddress.Parse(api.Url.Replace("127.0.0.1", host, StringComparison.Ordinal))!, null);

        Assert.Empty(await client.ListAppsAsync(Ct));
    }

    [Theory]
    [InlineData("http://127.0.0.1:7070", "http://127.0.0.1:7070")]
    [InlineData("http://127.0.0.1:7070/", "http://127.0.0.1:7070")]
    [InlineData("http://127.0.0.1:80", "http://127.0.0.1")]
    [InlineData("http://127.0.0.1:7070/berth", "http://127.0.0.1:7070/berth")]
    [InlineData("https://Berth.Example.com:443/", "https://berth.example.com")]
    [InlineData("http://127.0.0.1:70700", null)]
    [InlineData("http://127.0.0.1:+7", null)]
    [InlineData("127.0.0.1:7070", null)]
    [InlineData("ftp://127.0.0.1", null)]
    public void An_address_is_read_as_a_URL_is(string written, string? kept) => Assert.Equal(kept, ServerAddress.Parse(written)?.Text);

    [Theory]
    [InlineData("http://127.0.0.1:7070")]
    [InlineData("http://127.0.0.1:65535/")]
    public void What_is_read_without_Uri_is_the_same_with_it(string written)
    {
        var (plain, whole) = (ServerAddress.Parse(written)!, new ServerAddress(new Uri(written)));

        Assert.Equal(
            (whole.Url, whole.Text, whole.Authority, whole.Prefix, whole.IsLoopback, whole.IsPlainLoopback, whole.HasMore),
            (plain.Url, plain.Text, plain.Authority, plain.Prefix, plain.IsLoopback, plain.IsPlainLoopback, plain.HasMore));
        Assert.Equal(whole.SocketAddresses(), plain.SocketAddresses());
    }

    [Fact]
    public void What_a_client_leaves_out_is_empty_not_null()
    {
        var change = System.Text.Json.JsonSerializer.Deserialize("{}", ContractsJson.Default.EnvChangeRequest)!;

        Assert.Empty(change.Set);
        Assert.Empty(change.Unset);
    }

    /// <summary>What a call throws whose one request gets these bytes for an answer, and then the connection's end.</summary>
    private static async Task<Exception?> ThrownAsync(string answer, Func<BerthClient, Task> call)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = Task.Run(async () =>
        {
            using var peer = await listener.AcceptTcpClientAsync(Ct);
            var request = new byte[4096];
            Assert.NotEqual(0, await peer.GetStream().ReadAsync(request, Ct));
            await peer.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), Ct);
        }, Ct);
        using var client = new BerthClient(ServerAddress.Parse($"http://{listener.LocalEndpoint}")!, null);
        var thrown = await Record.ExceptionAsync(() => call(client));
        await served;
        return thrown;
    }
}
