using System.Net;
using System.Text.Json;
using Berth.Model;
using Berth.Router.Tests.Servers;

namespace Berth.Router.Tests;

/// <summary>What control and router say to each other.</summary>
public sealed class ControlProtocolTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static RouteTable Table(long version, params RoutedApp[] apps) => new() { Version = version, Hosts = [], Apps = apps };

    [Fact]
    public async Task An_older_snapshot_is_refused_and_the_same_one_taken_again()
    {
        await using var router = await TestRouter.StartAsync();
        Assert.True((await router.Client.PushAsync(Table(5), Ct)).Accepted);
        Assert.True((await router.Client.PushAsync(Table(5), Ct)).Accepted);
        var refused = await router.Client.PushAsync(Table(4), Ct);
        Assert.False(refused.Accepted);
        Assert.Equal(5, refused.Report.Version);
    }

    public static TheoryData<string> Contradictions => new(
        """{"version":9,"hosts":[{"host":"a","app":"none"}],"apps":[]}""",
        """{"version":9,"hosts":[],"apps":[],"default_app":"none"}""",
        """{"version":9,"hosts":[{"host":"A","app":"a"}],"apps":[{"name":"a","sandboxes":[],"hold_when_empty":true,"status_text":""}]}""",
        """{"version":9,"hosts":[],"apps":[{"name":"a","sandboxes":[{"id":"s","address":"nowhere","port":80}],"hold_when_empty":true,"status_text":""}]}""",
        """{"version":9,"hosts":[],"apps":[{"name":"a","sandboxes":[{"id":"s","address":"127.0.0.1","port":0}],"hold_when_empty":true,"status_text":""}]}""",
        """{"version":9}""",
        """nonsense""",
        "");

    [Theory]
    [MemberData(nameof(Contradictions))]
    public async Task A_snapshot_that_cannot_be_routed_by_changes_nothing(string json)
    {
        await using var router = await TestRouter.StartAsync();
        await using var control = await RawControlAsync(router);
        await control.WriteAsync($"PUT /snapshot HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {json.Length}\r\n\r\n{json}");
        Assert.StartsWith("HTTP/1.1 400 ", await control.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (await router.Client.ReportAsync(Ct)).Version);
    }

    [Fact]
    public async Task Control_is_told_what_is_wrong_with_its_table()
    {
        await using var router = await TestRouter.StartAsync();
        var e = await Assert.ThrowsAsync<ArgumentException>(() => router.Client.PushAsync(Table(1) with { DefaultApp = "none" }, Ct));
        Assert.Contains("the default route leads to app \"none\", which is not in the route table", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_cannot_reach_what_control_can()
    {
        await using var router = await TestRouter.StartAsync();
        foreach (var path in (string[])["/snapshot", "/report", "/reports", "/status"])
        {
            using var got = await router.Http.GetAsync(path, Ct);
            Assert.Equal(HttpStatusCode.NotFound, got.StatusCode);
            Assert.StartsWith("404 No such host", await got.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(router.Options.ControlSocket));
    }

    [Fact]
    public async Task The_status_says_who_the_router_is()
    {
        await using var router = await TestRouter.StartAsync();
        await router.PushAsync();
        var status = await router.Client.StatusAsync(Ct);
        Assert.Equal(Environment.ProcessId, status.Pid);
        Assert.Equal(["127.0.0.1:0"], status.Http);
        Assert.Equal([$"http://127.0.0.1:{router.Port}"], status.Addresses);
        Assert.Equal(1, status.Snapshot);
    }

    [Fact]
    public async Task Reports_come_once_a_heartbeat_though_nothing_changes()
    {
        await using var router = await TestRouter.StartAsync();
        var count = 0;
        await foreach (var report in router.Client.ReportsAsync(Ct))
        {
            Assert.Empty(report.Apps);
            if (++count == 3)
                break;
        }
    }

    [Fact]
    public async Task Reports_tell_the_total_of_each_app()
    {
        await using var upstream = await AppServer.NamedAsync("demo-web-1");
        await using var router = await TestRouter.LeadingToAsync(upstream.Sandbox);
        for (int i = 0; i < 7; i++)
            await router.Http.GetStringAsync("/", Ct);
        var report = await router.ReportAsync(report => report.InFlight.Count == 0);
        Assert.Equal(new AppDemand("demo", 0, 0, 7, 0), report.Apps.Single());
    }

    [Fact]
    public async Task A_second_router_on_the_same_socket_is_refused()
    {
        await using var router = await TestRouter.StartAsync();
        var e = await Assert.ThrowsAsync<Berth.Router.RouterStartException>(() => RouterHost.StartAsync(router.Options, TimeProvider.System, Ct));
        Assert.Equal(RouterStartError.AlreadyRunning, e.Error);
    }

    [Fact]
    public async Task A_taken_address_is_named()
    {
        await using var router = await TestRouter.StartAsync();
        var folder = Directory.CreateTempSubdirectory("berth-router-");
        var options = router.Options with
        {
            Http = [new IPEndPoint(IPAddress.Loopback, router.Port)],
            ControlSocket = Path.Combine(folder.FullName, "other.sock"),
            StateFolder = folder.FullName,
            BindTimeout = TimeSpan.FromMilliseconds(100),
        };
        var e = await Assert.ThrowsAsync<Berth.Router.RouterStartException>(() => RouterHost.StartAsync(options, TimeProvider.System, Ct));
        Assert.Equal(RouterStartError.AddressTaken, e.Error);
        Assert.Contains($"127.0.0.1:{router.Port} is in use", e.Message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void The_route_table_goes_through_JSON_unchanged()
    {
        var table = new RouteTable
        {
            Version = 7,
            Hosts = [new("a.test", "a")],
            DefaultApp = "a",
            Apps = [new RoutedApp { Name = "a", Sandboxes = [new("a-web-1", "10.64.0.2", 3000)], HoldWhenEmpty = true, StatusText = "ready" }],
        };
        var json = JsonSerializer.Serialize(table, RoutingJson.Default.RouteTable);
        Assert.Equal(
            """{"version":7,"hosts":[{"host":"a.test","app":"a"}],"default_app":"a","apps":[{"name":"a","sandboxes":[{"id":"a-web-1","address":"10.64.0.2","port":3000}],"hold_when_empty":true,"status_text":"ready"}]}""",
            json);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, RoutingJson.Default.RouteTable)!, RoutingJson.Default.RouteTable));
    }

    private static async Task<RawConnection> RawControlAsync(TestRouter router)
    {
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(router.Options.ControlSocket), Ct);
        return new RawConnection(socket);
    }
}
