using System.Net;
using Berth.Control.Routing;
using Berth.Model;

namespace Berth.Router.Tests.Servers;

/// <summary>A router in this process, with a folder of its own that goes with it. App <c>demo</c> is the default route unless a test says otherwise.</summary>
public sealed class TestRouter : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RouterHost _host;
    private readonly DirectoryInfo _folder;
    private long _version;

    private TestRouter(RouterHost host, RouterOptions options, DirectoryInfo folder)
    {
        _host = host;
        _folder = folder;
        Options = options;
        Client = new RouterClient(options.ControlSocket);
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(host.Addresses[0]), Timeout = Patience };
    }

    public RouterOptions Options { get; }

    public RouterClient Client { get; }

    public HttpClient Http { get; }

    public int Port => Http.BaseAddress!.Port;

    /// <summary>Where it takes TLS, if it was started so.</summary>
    public int HttpsPort => new Uri(_host.Addresses.First(address => address.StartsWith("https:", StringComparison.Ordinal))).Port;

    public string Log => File.ReadAllText(Path.Combine(_folder.FullName, "router.log"));

    public static async Task<TestRouter> StartAsync(Func<RouterOptions, RouterOptions>? set = null, TimeProvider? time = null)
    {
        var folder = Directory.CreateTempSubdirectory("berth-router-");
        var options = new RouterOptions
        {
            Http = [new IPEndPoint(IPAddress.Loopback, 0)],
            ControlSocket = Path.Combine(folder.FullName, "router.sock"),
            StateFolder = folder.FullName,
            StopTimeout = TimeSpan.FromSeconds(1),
        };
        options = set?.Invoke(options) ?? options;
        return new TestRouter(await RouterHost.StartAsync(options, time ?? TimeProvider.System, TestContext.Current.CancellationToken), options, folder);
    }

    /// <summary>A router that leads everything to the given sandboxes of app <c>demo</c>.</summary>
    public static async Task<TestRouter> LeadingToAsync(params RoutedSandbox[] sandboxes)
    {
        var router = await StartAsync();
        await router.PushAsync(sandboxes);
        return router;
    }

    public static RoutedApp Demo(bool hold, params RoutedSandbox[] sandboxes) => new() { Name = "demo", Sandboxes = sandboxes, HoldWhenEmpty = hold, StatusText = "starting" };

    public Task<RouterReport> PushAsync(params RoutedSandbox[] sandboxes) => PushAsync(Demo(hold: true, sandboxes));

    public Task<RouterReport> PushAsync(RoutedApp demo) => PushAsync(new RouteTable { Version = 0, Hosts = [], Apps = [demo], DefaultApp = demo.Name });

    /// <summary>With the next version, whatever the table says.</summary>
    public async Task<RouterReport> PushAsync(RouteTable table)
    {
        var result = await Client.PushAsync(table with { Version = ++_version }, TestContext.Current.CancellationToken);
        Assert.True(result.Accepted);
        Assert.Equal(_version, result.Report.Version);
        return result.Report;
    }

    public Task<RawConnection> ConnectAsync() => RawConnection.ToAsync(Port);

    /// <summary>The next report, this one or a later, that is as wanted.</summary>
    public async Task<RouterReport> ReportAsync(Func<RouterReport, bool> wanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await foreach (var report in Client.ReportsAsync(patience.Token))
        {
            if (wanted(report))
                return report;
        }
        throw new InvalidOperationException("the reports ended");
    }

    public Task<RouterReport> WaitingAsync(int count) => ReportAsync(report => report.Apps.Sum(app => app.Waiting) == count);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Client.Dispose();
        await _host.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
