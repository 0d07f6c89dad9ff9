using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Berth.Control.Routing;
using Berth.Model;
using Berth.Router.Tests.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Router.Tests;

/// <summary>The real <c>berth-router</c>, as a process that is started, left alone, found again, killed and stopped.</summary>
public sealed class RouterProcessTests : IAsyncLifetime
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "berth-router");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("berth-router-");
    private readonly IPEndPoint _address = FreeAddress();
    private readonly RouterProcess _router;

    public RouterProcessTests() => _router = NewRouterProcess();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _router.StopAsync(CancellationToken.None);
        _router.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_running_router_is_found_again_and_keeps_its_routes()
    {
        await using var upstream = await AppServer.NamedAsync("demo-web-1");
        var started = await _router.EnsureAsync(Ct);
        await _router.Client.PushAsync(Table(1, upstream.Sandbox), Ct);
        using var again = NewRouterProcess();
        var found = await again.EnsureAsync(Ct);
        Assert.Equal(started.Pid, found.Pid);
        Assert.Equal(started.StartedAt, found.StartedAt);
        Assert.Equal(1, found.Snapshot);
        Assert.Equal("demo-web-1", await GetAsync());
    }

    [Fact]
    public async Task A_router_that_was_told_other_settings_is_replaced_and_one_with_the_same_stays()
    {
        await using var upstream = await AppServer.NamedAsync("demo-web-1");
        var first = await _router.EnsureAsync(Ct);
        await _router.Client.PushAsync(Table(1, upstream.Sandbox), Ct);
        using var next = NewRouterProcess(settings: ["--queue-limit", "7"]);

        var second = await next.EnsureAsync(Ct);

        Assert.NotEqual(first.Pid, second.Pid);
        Assert.Equal(["--queue-limit", "7"], second.Settings);
        Assert.Equal("demo-web-1", await GetAsync());
        using var again = NewRouterProcess(settings: ["--queue-limit", "7"]);
        Assert.Equal(second.Pid, (await again.EnsureAsync(Ct)).Pid);
    }

    [Fact]
    public async Task A_killed_router_comes_back_with_the_snapshot_it_had()
    {
        await using var upstream = await AppServer.NamedAsync("demo-web-1");
        var first = await _router.EnsureAsync(Ct);
        await _router.Client.PushAsync(Table(3, upstream.Sandbox), Ct);
        await KillAsync(first.Pid);
        Assert.Null(await _router.FindAsync(Ct));
        var second = await _router.EnsureAsync(Ct);
        Assert.NotEqual(first.Pid, second.Pid);
        Assert.Equal(3, second.Snapshot);
        Assert.Equal("demo-web-1", await GetAsync());
    }

    [Fact]
    public async Task The_router_lives_in_a_session_of_its_own_and_outlives_whoever_started_it()
    {
        // Another process starts the router as berthd would, and is killed; the shell stands for berthd.
        var script = Path.Combine(_folder.FullName, "parent");
        await File.WriteAllTextAsync(script, $"setsid '{Program}' --http {_address} --control '{Path.Combine(_folder.FullName, "router.sock")}' --state '{_folder.FullName}' &\nwait\n", Ct);
        using var parent = Process.Start(new ProcessStartInfo("/bin/sh", [script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        while (await _router.FindAsync(Ct) is null)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
        var status = (await _router.FindAsync(Ct))!;
        Assert.NotEqual(parent.Id, status.Pid);
        // Field 6 of stat is the session.
        Assert.Equal(status.Pid, int.Parse((await File.ReadAllTextAsync($"/proc/{status.Pid}/stat", Ct)).Split(' ')[5], System.Globalization.CultureInfo.InvariantCulture));
        parent.Kill();
        await parent.WaitForExitAsync(Ct);
        Assert.Equal(status.Pid, (await _router.FindAsync(Ct))!.Pid);
        // Who writes to a stderr that nobody reads is not killed by it.
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync());
    }

    [Fact]
    public async Task A_hang_up_is_ignored_and_a_termination_lets_requests_finish()
    {
        var finish = new TaskCompletionSource();
        await using var upstream = await AppServer.StartAsync(async context =>
        {
            await finish.Task;
            await context.Response.WriteAsync("finished");
        });
        var status = await _router.EnsureAsync(Ct);
        await _router.Client.PushAsync(Table(1, upstream.Sandbox), Ct);
        await SignalAsync("-HUP", status.Pid);
        var answer = GetAsync();
        await foreach (var report in _router.Client.ReportsAsync(Ct))
        {
            if (report.InFlight.Count == 1)
                break;
        }
        using var process = Process.GetProcessById(status.Pid);
        await SignalAsync("-TERM", status.Pid);
        // No new connections: the port is free for the next router while the old one finishes.
        while (true)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(_address, Ct);
            }
            catch (SocketException)
            {
                break;
            }
        }
        using var next = NewRouterProcess();
        var second = await next.EnsureAsync(Ct);
        Assert.NotEqual(status.Pid, second.Pid);
        finish.SetResult();
        Assert.Equal("finished", await answer);
        await process.WaitForExitAsync(Ct);
        Assert.Equal(second.Pid, (await next.FindAsync(Ct))!.Pid);
        Assert.Equal(second.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture), (await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "router.pid"), Ct)).Trim());
    }

    [Fact]
    public async Task A_second_router_exits_with_3_and_one_without_an_address_with_1()
    {
        await _router.EnsureAsync(Ct);
        var (code, said) = await RunAsync("--http", "127.0.0.1:0", "--control", Path.Combine(_folder.FullName, "router.sock"), "--state", _folder.FullName);
        Assert.Equal(3, code);
        Assert.Contains("another router answers on ", said, StringComparison.Ordinal);
        (code, said) = await RunAsync("--http", _address.ToString(), "--control", Path.Combine(_folder.FullName, "other.sock"), "--state", Path.Combine(_folder.FullName, "other"));
        Assert.Equal(1, code);
        Assert.Contains($"{_address} is in use", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--http 127.0.0.1:80 --state /tmp", "--control PATH is missing")]
    [InlineData("--http nowhere --control a --state b", "\"--http nowhere\" cannot be used")]
    [InlineData("--http 127.0.0.1:0 --control a --state b --queue-timeout -1", "\"--queue-timeout -1\" cannot be used")]
    [InlineData("--frobnicate 1", "\"--frobnicate 1\" cannot be used")]
    [InlineData("--http", "\"--http\" is not a flag with a value")]
    public async Task Wrong_arguments_exit_with_2_and_are_named(string arguments, string expected)
    {
        var (code, said) = await RunAsync(arguments.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(expected, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_router_that_cannot_start_says_why()
    {
        using var taken = new TcpListener(_address);
        taken.Start();
        var e = await Assert.ThrowsAsync<Berth.Control.Routing.RouterStartException>(() => _router.EnsureAsync(Ct));
        Assert.Contains($"{_address} is in use by another program", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_router_that_should_listen_elsewhere_is_replaced()
    {
        var first = await _router.EnsureAsync(Ct);
        var elsewhere = FreeAddress();
        using var other = NewRouterProcess(elsewhere);
        var second = await other.EnsureAsync(Ct);
        Assert.NotEqual(first.Pid, second.Pid);
        Assert.Equal([$"http://{elsewhere}"], second.Addresses);
    }

    [Fact]
    public async Task A_second_router_takes_over_and_no_client_notices()
    {
        await using var upstream = await AppServer.StartAsync(async context =>
        {
            await Task.Yield();
            await context.Response.WriteAsync("ok");
        });
        var tls = FreeAddress();
        using var older = NewRouterProcess(tls: tls);
        var first = await older.EnsureAsync(Ct);
        await _router.Client.PushAsync(Table(4, upstream.Sandbox), Ct);
        using var firstProcess = Process.GetProcessById(first.Pid);
        var failures = new ConcurrentQueue<string>();
        var (served, done) = (0, false);
        var clients = Enumerable.Range(0, 8).Select(number => Task.Run(
            async () =>
            {
                // Half of them connect anew for each request: those are the ones that a closed listener would lose.
                using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = number % 2 == 0 ? TimeSpan.Zero : Timeout.InfiniteTimeSpan });
                while (!Volatile.Read(ref done))
                {
                    try
                    {
                        // A request with a body is not repeated by the client in silence.
                        using var got = await http.PostAsync($"http://{_address}/", new StringContent("x"), Ct);
                        if (await got.Content.ReadAsStringAsync(Ct) != "ok")
                            failures.Enqueue($"{(int)got.StatusCode}");
                    }
                    catch (HttpRequestException e)
                    {
                        failures.Enqueue(e.ToString());
                    }
                    Interlocked.Increment(ref served);
                }
            },
            Ct)).ToList();
        using var newer = NewRouterProcess(tls: tls, version: "another");
        var second = await newer.EnsureAsync(Ct);
        await firstProcess.WaitForExitAsync(Ct);
        var afterwards = Volatile.Read(ref served);
        while (Volatile.Read(ref served) < afterwards + 100)
            await Task.Yield();
        Volatile.Write(ref done, true);
        await Task.WhenAll(clients);
        Assert.Empty(failures);
        var status = (await _router.FindAsync(Ct))!;
        Assert.Equal((second.Pid, 4L), (status.Pid, status.Snapshot));
        Assert.Equal(second.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture), (await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "router.pid"), Ct)).Trim());
    }

    [Fact]
    public async Task A_router_stays_if_the_newer_one_does_not_start()
    {
        var first = await _router.EnsureAsync(Ct);
        using var newer = NewRouterProcess(version: "another", program: "/bin/false");

        Assert.Equal(first.Pid, (await newer.EnsureAsync(Ct)).Pid);
    }

    private static RouteTable Table(long version, RoutedSandbox sandbox) =>
        new() { Version = version, Hosts = [], Apps = [TestRouter.Demo(hold: true, sandbox)], DefaultApp = "demo" };

    private static IPEndPoint FreeAddress()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return (IPEndPoint)probe.LocalEndpoint;
    }

    private static async Task SignalAsync(string signal, int pid)
    {
        using var kill = Process.Start("kill", [signal, pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Ct);
    }

    private static async Task KillAsync(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
        await process.WaitForExitAsync(Ct);
    }

    private static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, said);
    }

    private RouterProcess NewRouterProcess(IPEndPoint? address = null, IPEndPoint? tls = null, string? version = null, string? program = null, string[]? settings = null) => new(
        new RouterProcessOptions
        {
            Program = program ?? Program,
            Http = [address ?? _address],
            Https = tls is null ? [] : [tls],
            ControlSocket = Path.Combine(_folder.FullName, "router.sock"),
            StateFolder = _folder.FullName,
            Version = version,
            Settings = settings ?? [],
        },
        TimeProvider.System,
        NullLogger<RouterProcess>.Instance);

    private async Task<string> GetAsync()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync($"http://{_address}/", Ct);
    }

    private async Task<HttpStatusCode> StatusOfAsync()
    {
        using var http = new HttpClient();
        using var got = await http.GetAsync($"http://{_address}/", Ct);
        return got.StatusCode;
    }
}
