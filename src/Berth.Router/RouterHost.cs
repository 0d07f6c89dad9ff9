using System.Net.Sockets;
using System.Reflection;
using Berth.Model;
using Berth.Router.Forwarding;
using Berth.Router.Hosting;
using Berth.Router.Listening;
using Berth.Router.Pages;
using Berth.Router.Requests;
using Berth.Router.Routing;
using Berth.Router.Rules;
using Berth.Router.Sessions;
using Berth.Router.Steering;
using Berth.Router.Tls;
using Berth.Router.Traffic;
using Yarp.ReverseProxy.Forwarder;

namespace Berth.Router;

/// <summary>A running router, put together from its parts: in a process of its own (<see cref="Program"/>) or inside a test's.</summary>
public sealed class RouterHost : IAsyncDisposable
{
    private static readonly TimeSpan BindPause = TimeSpan.FromMilliseconds(50);

    private readonly RouterOptions _options;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;
    private readonly LoginQueue _loginQueue;
    private readonly Routes _routes;
    private readonly ServiceProvider _services;
    private readonly ILogger _log;
    private readonly YarpForwarder _forwarder;
    private readonly Deadlines _deadlines;
    private readonly SandboxSockets _sandboxes;
    private readonly AccessLog? _accessLog;
    private readonly TrafficMeter _traffic;
    private readonly ControlProtocol _protocol;
    private readonly ControlServer _control;
    private readonly PidFile _pid;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Certificates _certificates;
    private readonly HttpServer _http;
    private readonly SnapshotFile _file;
    private Handover? _handover;
    private bool _stopped;

    private RouterHost(RouterOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _startedAt = time.GetUtcNow();
        _services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(new LogFile(Path.Combine(options.StateFolder, "router.log"), options.LogBytes, time)))
            .AddHttpForwarder()
            .BuildServiceProvider();
        _log = Loggers.CreateLogger("Berth.Router");
        var changed = new ChangeSignal();
        _loginQueue = new LoginQueue(options.LoginQueueLimit);
        _routes = new Routes(options, _loginQueue, time, changed);
        _forwarder = new YarpForwarder(_services.GetRequiredService<IHttpForwarder>(), options, time, _log);
        _deadlines = new Deadlines(time);
        _sandboxes = new SandboxSockets(options, time, _deadlines);
        _deadlines.AfterRound = _sandboxes.Sweep;
        _accessLog = AccessLog.Open(options, time);
        _traffic = new TrafficMeter(_accessLog, time);
        _certificates = new Certificates(_log);
        _http = NewHttpServer();
        _file = new SnapshotFile(Path.Combine(options.StateFolder, "routes.json"), _log);
        _protocol = new ControlProtocol(_routes, _certificates, new ReportFeed(_routes, changed, options, time), _traffic, _file, options, Status, _log, _stopping.Token);
        _pid = new PidFile(Path.Combine(options.StateFolder, "router.pid"));
        _control = new ControlServer(options.ControlSocket, _protocol.HandleAsync, Loggers);
    }

    /// <summary>Where clients connect, as bound: <c>http://127.0.0.1:8080</c>.</summary>
    public IReadOnlyList<string> Addresses => _http.Addresses;

    /// <summary>Completes when another router has taken over: then this one is to be stopped.</summary>
    public Task Replaced => _handover!.Taken;

    private ILoggerFactory Loggers => _services.GetRequiredService<ILoggerFactory>();

    /// <summary>Starts a router that routes by the snapshot on disk at once. Fails with a <see cref="RouterStartException"/>.</summary>
    public static async Task<RouterHost> StartAsync(RouterOptions options, TimeProvider time, CancellationToken ct)
    {
        var running = await ControlServer.IsAnsweredAsync(options.ControlSocket, ct);
        if (running && !options.Replace)
            throw new RouterStartException(RouterStartError.AlreadyRunning, RouterMessages.AlreadyRunning(options.ControlSocket));
        Directory.CreateDirectory(options.StateFolder);
        var host = new RouterHost(options, time);
        try
        {
            var (ports, predecessor) = running ? host.TakeOver() : (await host.BindAsync(ct), null);
            host._routes.HttpsPort = ports.TlsEndPoints.FirstOrDefault()?.Port;
            host.ApplySaved();
            await host._http.StartAsync(ports, ct);
            host._pid.Write();
            // Last: who finds the socket finds a router that routes.
            await host._control.StartAsync(ct);
            if (predecessor is not null)
            {
                await Handover.ConfirmAsync(predecessor, time);
                // It may have taken a newer snapshot since this one looked.
                host.ApplySaved();
            }
            host._handover = new Handover(options, ports, time);
            host._handover.Start();
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
        host._log.Happened(RouterMessages.Started(string.Join(", ", host.Addresses), host._routes.Current.Version));
        return host;
    }

    /// <summary>Stops listening at once, gives requests in flight <see cref="RouterOptions.StopTimeout"/>, then cuts them.</summary>
    public async Task StopAsync()
    {
        if (_stopped)
            return;
        _stopped = true;
        var isReplaced = _handover is { Taken.IsCompleted: true };
        _log.Happened(isReplaced ? RouterMessages.HandedOver : RouterMessages.Stopping(_options.StopTimeout));
        using var limit = new CancellationTokenSource(_options.StopTimeout, _time);
        // Control first: a router that closes its ports must not be found and taken for one that routes.
        await _stopping.CancelAsync();
        await _control.StopAsync(limit.Token);
        await _http.StopAcceptingAsync();
        if (_handover is not null)
            await _handover.ReleaseAsync();
        // Who has a successor can let clients finish in peace; else they had better know soon.
        await _http.StopAsync(isReplaced ? _options.HandoverIdle : TimeSpan.Zero, limit.Token);
        _log.Happened(RouterMessages.Stopped);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_handover is not null)
            await _handover.DisposeAsync();
        await _http.DisposeAsync();
        await _control.DisposeAsync();
        _protocol.Dispose();
        _pid.Dispose();
        _forwarder.Dispose();
        _deadlines.Dispose();
        _sandboxes.Dispose();
        _loginQueue.Dispose();
        _stopping.Dispose();
        if (_accessLog is not null)
            await _accessLog.DisposeAsync();
        await _services.DisposeAsync();
    }

    private RouterStatus Status() => new()
    {
        Pid = Environment.ProcessId,
        Version = typeof(RouterHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        Http = [.. _options.Http.Select(address => address.ToString())],
        Https = [.. _options.Https.Select(address => address.ToString())],
        Addresses = Addresses,
        StartedAt = _startedAt,
        Settings = _options.Settings,
        Snapshot = _routes.Current.Version,
    };

    private void ApplySaved()
    {
        var table = _file.Load();
        _certificates.Apply(table.Certificates ?? []);
        _routes.Apply(table);
    }

    private (Ports Ports, Socket? Predecessor) TakeOver() => Handover.Take(_options)
        ?? throw new RouterStartException(RouterStartError.AlreadyRunning, RouterMessages.NotHandedOver(_options.ControlSocket, string.Join(", ", _options.Http.Concat(_options.Https))));

    private HttpServer NewHttpServer()
    {
        var dispatcher = new Dispatcher(_routes, new Admission(_routes, _options, _time), new StatusPages(_options));
        var context = new SessionContext(_routes, dispatcher, _options, _deadlines, _sandboxes, _traffic, _time, _log);
        return new HttpServer(_options, new RequestHandler(_routes, dispatcher, _forwarder, _traffic, _options, _time).HandleAsync, context, _certificates, Loggers, _time);
    }

    /// <summary>Binds the ports; taken ones again and again until <see cref="RouterOptions.BindTimeout"/>, for the router before this one may just be closing them.</summary>
    private async Task<Ports> BindAsync(CancellationToken ct)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            try
            {
                return Ports.Open(_options.Http, _options.Https);
            }
            catch (SocketException e)
            {
                if (e.SocketErrorCode != SocketError.AddressAlreadyInUse)
                    throw new RouterStartException(RouterStartError.AddressTaken, RouterMessages.AddressUnusable(string.Join(", ", _options.Http.Concat(_options.Https)), e.Message));
                if (_time.GetElapsedTime(started) >= _options.BindTimeout)
                    throw new RouterStartException(RouterStartError.AddressTaken, RouterMessages.AddressTaken(string.Join(", ", _options.Http.Concat(_options.Https))));
            }
            await Task.Delay(BindPause, _time, ct);
        }
    }
}
