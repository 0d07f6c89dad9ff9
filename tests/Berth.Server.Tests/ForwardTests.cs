using System.Net;
using System.Net.Sockets;
using Berth.Contracts;
using Berth.Testing;

namespace Berth.Server.Tests;

public sealed class ForwardTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_connection_goes_to_the_services_next_sandbox_and_is_audited()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.House.DeployNewAsync("demo", "web: serve\nworker: serve");
        Assert.Null(api.House.Scale("demo", "web", "2").Error);
        await Eventually.HoldsAsync(() => api.House.Running("demo", "web").Count == 2);
        using var client = Client(api);

        var answers = new List<string>();
        for (int i = 0; i < 4; i++)
            answers.Add(await VisitAsync(client, "demo", "web", 3000));

        var sandboxes = api.House.Running("demo", "web").Select(c => c.Name).Order();
        Assert.Equal(sandboxes.SelectMany(s => new[] { s, s }), answers.Order());
        Assert.NotEqual(answers[0], answers[1]);
        var noted = api.House.Stores.Audit.List(null, null, 10).First();
        Assert.Equal(("demo", $"web:3000: {answers[3]}"), (noted.App, noted.Detail));
    }

    [Theory]
    [InlineData("none", "web", 3000, 404, "app-not-found")]
    [InlineData("demo", "none", 3000, 404, "service-not-found")]
    [InlineData("demo", "web", 3001, 409, "port-refused")]
    [InlineData("demo", "web", 0, 422, "bad-port")]
    [InlineData("demo", "web", 65536, 422, "bad-port")]
    [InlineData("demo", "idle", 3000, 409, "service-not-running")]
    [InlineData("empty", "web", 3000, 409, "no-release")]
    public async Task What_cannot_be_reached_is_refused_with_the_reason(string app, string service, int port, int status, string code)
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.House.DeployNewAsync("demo", "web: serve\nidle: serve");
        Assert.Null(api.House.Scale("demo", "idle", "0").Error);
        await Eventually.HoldsAsync(() => api.House.Running("demo", "idle").Count == 0);
        Assert.Null(api.House.Control.Apps.Create("empty").Error);
        using var client = Client(api);

        var refused = await Assert.ThrowsAsync<BerthApiException>(() => client.CheckForwardAsync(app, service, port, Ct));

        Assert.Equal(((HttpStatusCode)status, code), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task A_connection_beyond_the_limit_is_refused_until_another_has_ended()
    {
        await using var api = await ApiUnderTest.StartAsync(house => house.Options = house.Options with { ForwardsAtOnce = 1 });
        await api.House.DeployNewAsync("demo");
        using var client = Client(api);
        using var stop = new CancellationTokenSource();
        var (here, there) = await PairAsync();
        using (here)
        using (there)
        {
            var open = client.ForwardAsync("demo", "web", 3000, there, stop.Token);
            BerthApiException? refused = null;
            while (refused is null)
            {
                // A check counts while it lasts: one may have come before the connection.
                if (open.IsFaulted)
                    open = client.ForwardAsync("demo", "web", 3000, there, stop.Token);
                refused = await Record.ExceptionAsync(() => client.CheckForwardAsync("demo", "web", 3000, Ct)) as BerthApiException;
            }
            Assert.Equal("too-many-forwards", refused.Code);
            await stop.CancelAsync();
            // Where it had not heard yet that it is connected, it ends with an exception.
            _ = await Record.ExceptionAsync(() => open);
        }

        await Eventually.HoldsAsync(async () => await Record.ExceptionAsync(() => client.CheckForwardAsync("demo", "web", 3000, Ct)) is null);
    }

    private static BerthClient Client(ApiUnderTest api) => new(new ServerAddress(api.Client.BaseAddress!), api.Client.DefaultRequestHeaders.Authorization!.Parameter);

    /// <summary>What the sandbox answers to an HTTP request: its name.</summary>
    private static async Task<string> VisitAsync(BerthClient client, string app, string service, int port)
    {
        var (here, there) = await PairAsync();
        using (here)
        using (there)
        {
            var carried = client.ForwardAsync(app, service, port, there, Ct);
            using var reader = new StreamReader(new NetworkStream(here));
            await here.SendAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), Ct);
            here.Shutdown(SocketShutdown.Send);
            var answer = await reader.ReadToEndAsync(Ct);
            await carried;
            return answer.Split("\r\n\r\n")[1];
        }
    }

    private static async Task<(Socket Here, Socket There)> PairAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var here = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await here.ConnectAsync(listener.LocalEndpoint, Ct);
        return (here, await listener.AcceptSocketAsync(Ct));
    }
}
