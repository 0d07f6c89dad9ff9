using System.Collections.Concurrent;
using System.Net;
using Berth.Router.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace Berth.Router.Tests;

/// <summary>No request fails while sandboxes come and go, nor because a kept connection has gone stale.</summary>
public abstract class DrainTests(Http1Forwarder http1) : RouterTests(http1)
{
    private const int Clients = 16;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_removed_sandbox_gets_no_new_request_and_finishes_those_it_has()
    {
        var finish = new TaskCompletionSource();
        await using var old = await AppServer.StartAsync(
            async context =>
            {
                await finish.Task;
                await context.Response.WriteAsync("old");
            },
            "demo-web-old");
        await using var next = await AppServer.NamedAsync("demo-web-next");
        await using var router = await LeadingToAsync(old.Sandbox);
        var answer = router.Http.GetStringAsync("/", Ct);
        await router.ReportAsync(report => report.InFlight.Count == 1);
        var report = await router.PushAsync(next.Sandbox);
        Assert.Equal(1, report.InFlight["demo-web-old"]);
        for (int i = 0; i < 5; i++)
            Assert.Equal("demo-web-next", await router.Http.GetStringAsync("/", Ct));
        finish.SetResult();
        Assert.Equal("old", await answer);
        await router.ReportAsync(report => !report.InFlight.ContainsKey("demo-web-old"));
    }

    [Fact]
    public async Task No_request_fails_while_200_snapshots_replace_the_sandboxes_under_load()
    {
        const int swaps = 200;
        await using var router = await StartRouterAsync();
        var serving = new Queue<AppServer>();
        for (int i = 0; i < 2; i++)
            serving.Enqueue(await AppServer.StartAsync(AnswerAsync, $"demo-web-{i}"));
        await router.PushAsync([.. serving.Select(server => server.Sandbox)]);

        var failures = new ConcurrentBag<string>();
        var served = 0;
        var done = false;
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(
            async () =>
            {
                for (int i = 0; !Volatile.Read(ref done); i++)
                {
                    using var request = new HttpRequestMessage(i % 3 == 0 ? HttpMethod.Post : HttpMethod.Get, $"/{client}/{i}");
                    if (i % 3 == 0)
                        request.Content = new StringContent(new string('x', 100));
                    try
                    {
                        using var got = await router.Http.SendAsync(request, Ct);
                        if (got.StatusCode != HttpStatusCode.OK)
                            failures.Add($"{request.Method} {(int)got.StatusCode} {await got.Content.ReadAsStringAsync(Ct)}");
                    }
                    catch (HttpRequestException e)
                    {
                        failures.Add(e.ToString());
                    }
                    Interlocked.Increment(ref served);
                }
            },
            Ct)).ToList();

        for (int swap = 0; swap < swaps; swap++)
        {
            serving.Enqueue(await AppServer.StartAsync(AnswerAsync, $"demo-web-{swap + 2}"));
            var removed = serving.Dequeue();
            var version = (await router.PushAsync([.. serving.Select(server => server.Sandbox)])).Version;
            await router.ReportAsync(report => report.Version >= version && !report.InFlight.ContainsKey(removed.Sandbox.Id));
            await removed.DisposeAsync();
        }
        Volatile.Write(ref done, true);
        await Task.WhenAll(clients);
        Assert.Empty(failures);
        Assert.True(served > 2000, $"only {served} requests were made");
        foreach (var server in serving)
            await server.DisposeAsync();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task A_sandbox_that_closes_kept_connections_costs_no_request(string method)
    {
        // It says keep-alive and closes all the same, right after the answer: the worst case of an idle time that is over.
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(
            async () =>
            {
                for (int i = 0; i < 100; i++)
                {
                    using var request = new HttpRequestMessage(new HttpMethod(method), "/");
                    using var got = await router.Http.SendAsync(request, Ct);
                    Assert.Equal(HttpStatusCode.OK, got.StatusCode);
                }
            },
            Ct)));
    }

    [Fact]
    public async Task A_kept_connection_that_ends_under_a_request_is_replaced_by_a_fresh_one()
    {
        var requests = 0;
        // The second request on each connection is read and not answered.
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            Interlocked.Increment(ref requests);
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            await connection.ReadHeadAsync();
            Interlocked.Increment(ref requests);
            connection.Reset();
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        for (int i = 0; i < 5; i++)
            Assert.Equal("ok", await router.Http.GetStringAsync("/", Ct));
        Assert.True(requests > 5, "no connection was kept, so nothing was shown");
    }

    [Fact]
    public async Task A_request_with_a_body_is_never_sent_twice()
    {
        var bodies = 0;
        await using var upstream = RawUpstream.Start(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.ReadAsync(5);
            Interlocked.Increment(ref bodies);
            connection.Reset();
        });
        await using var router = await LeadingToAsync(upstream.Sandbox);
        using var got = await router.Http.PostAsync("/", new StringContent("hello"), Ct);
        Assert.Equal(HttpStatusCode.BadGateway, got.StatusCode);
        Assert.Equal(1, bodies);
    }

    [Fact]
    public async Task A_new_sandbox_at_a_used_address_gets_none_of_the_old_ones_connections()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "demo-web-old");
        await using var router = await LeadingToAsync(upstream.Sandbox);
        await router.Http.GetStringAsync("/", Ct);
        await router.Http.GetStringAsync("/", Ct);
        Assert.Equal(1, upstream.Accepted);
        await router.PushAsync(upstream.Sandbox with { Id = "demo-web-new" });
        await router.Http.GetStringAsync("/", Ct);
        Assert.Equal(2, upstream.Accepted);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, Ct);
        await Task.Yield();
        await context.Response.WriteAsync("ok", Ct);
    }
}

public sealed class DrainBySessionTests() : DrainTests(Http1Forwarder.Session);

public sealed class DrainByKestrelTests() : DrainTests(Http1Forwarder.Kestrel);
