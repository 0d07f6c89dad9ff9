using System.Net.Sockets;
using Berth.Router.Requests;
using Berth.Router.Sessions;
using Berth.Router.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Berth.Router.Listening;

/// <summary>
/// The router's ports for clients: HTTP/1.1 and HTTP/2 side by side, with TLS and without. HTTP/1.1 is served by sessions or, if so asked, by Kestrel; HTTP/2 by
/// Kestrel, which is handed connections that begin with its preface, or were agreed to be HTTP/2 when TLS was begun.
/// </summary>
public sealed class HttpServer : IAsyncDisposable
{
    private readonly RouterOptions _options;
    private readonly TimeProvider _time;
    private readonly RouterApplication _application;
    private readonly KestrelServer _http2;
    private readonly KestrelServer? _http1;
    private readonly SocketConnectionContextFactory? _connections;
    private readonly HandedConnections _handed = new();
    private readonly SessionServer _sessions;
    private Ports? _ports;

    public HttpServer(RouterOptions options, RequestDelegate handler, SessionContext context, Certificates certificates, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _time = time;
        _application = new RouterApplication(handler);
        var handedHttp2 = new HandedConnections();
        _http2 = NewKestrel(handedHttp2, listen => listen.Protocols = HttpProtocols.Http2, loggers);
        _sessions = new SessionServer(context, certificates, new KestrelHandover(handedHttp2), options.Http1 == Http1Forwarder.Kestrel ? new KestrelHandover(_handed) : null);
        if (options.Http1 == Http1Forwarder.Session)
            return;
        // A line that ends in a bare LF is one that others may read otherwise.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        var preface = new Http2Preface(handedHttp2, options.RequestHeadTimeout, time);
        _connections = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), loggers.CreateLogger<HttpServer>());
        _http1 = NewKestrel(_handed, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(preface.Sort);
        }, loggers);
    }

    public IReadOnlyList<string> Addresses => [.. _ports!.EndPoints.Select(address => $"http://{address}"), .. _ports.TlsEndPoints.Select(address => $"https://{address}")];

    /// <summary>Begins to serve the clients of <paramref name="ports"/>, which are this server's from now on.</summary>
    public async Task StartAsync(Ports ports, CancellationToken ct)
    {
        _ports = ports;
        await _http2.StartAsync(_application, ct);
        if (_http1 is not null)
            await _http1.StartAsync(_application, ct);
        ports.Accept(_http1 is null ? _sessions.Take : TakeByKestrel, _sessions.TakeTls, _time);
    }

    /// <summary>Closes the ports: in the hands of another router they go on.</summary>
    public Task StopAcceptingAsync() => _ports?.StopAsync() ?? Task.CompletedTask;

    /// <summary>
    /// Ends idle connections after <paramref name="idle"/>, lets requests in flight go on until <paramref name="ct"/> is cancelled, then cuts them. The ports must have been
    /// closed.
    /// </summary>
    public async Task StopAsync(TimeSpan idle, CancellationToken ct)
    {
        if (_ports is null)
            return;
        await Task.WhenAll(_sessions.StopAsync(idle, ct), _http2.StopAsync(ct), _http1?.StopAsync(ct) ?? Task.CompletedTask);
    }

    public ValueTask DisposeAsync()
    {
        _ports?.Dispose();
        _http1?.Dispose();
        _http2.Dispose();
        _connections?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void TakeByKestrel(Socket socket)
    {
        var connection = _connections!.Create(socket);
        if (!_handed.Hand(connection))
            _ = connection.DisposeAsync().AsTask();
    }

    private KestrelServer NewKestrel(HandedConnections transport, Action<ListenOptions> configure, ILoggerFactory loggers)
    {
        var kestrel = NewOptions(_options);
        // A name only: connections are handed to it.
        kestrel.Listen(_options.Http[0], configure);
        return new KestrelServer(Options.Create(kestrel), transport, loggers);
    }

    private static KestrelServerOptions NewOptions(RouterOptions options)
    {
        var kestrel = new KestrelServerOptions
        {
            AddServerHeader = false,
            // Header values are bytes to the router (see SandboxConnections).
            RequestHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1,
            ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1,
        };
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = options.MaxConnections;
        limits.MaxRequestBodySize = null;
        limits.MaxRequestHeadersTotalSize = options.MaxRequestHeadBytes;
        limits.MaxRequestLineSize = options.MaxRequestLineBytes;
        limits.MaxRequestHeaderCount = options.MaxRequestHeaders;
        limits.RequestHeadersTimeout = options.RequestHeadTimeout;
        limits.KeepAliveTimeout = options.KeepAliveTimeout;
        limits.MinRequestBodyDataRate = new MinDataRate(options.MinBytesPerSecond, options.MinRateGrace);
        limits.MinResponseDataRate = new MinDataRate(options.MinBytesPerSecond, options.MinRateGrace);
        return kestrel;
    }
}
