using Berth.Router.Requests;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Berth.Router.Listening;

/// <summary>
/// The router's ports for clients: HTTP/1.1 and HTTP/2 side by side without TLS, by two Kestrel servers of which only the first listens.
/// </summary>
public sealed class HttpServer : IAsyncDisposable
{
    private readonly KestrelServer _http1;
    private readonly KestrelServer _http2;
    private readonly RouterApplication _application;

    public HttpServer(RouterOptions options, RequestDelegate handler, ILoggerFactory loggers, TimeProvider time)
    {
        // A line that ends in a bare LF is one that others may read otherwise.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        _application = new RouterApplication(handler);
        var handed = new HandedConnections();
        var preface = new Http2Preface(handed, options.RequestHeadTimeout, time);

        var first = NewOptions(options);
        foreach (var address in options.Http)
        {
            first.Listen(address, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(preface.Sort);
            });
        }
        var second = NewOptions(options);
        second.Listen(options.Http[0], listen => listen.Protocols = HttpProtocols.Http2);
        var sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions { Backlog = 1024 }), loggers);
        _http1 = new KestrelServer(Options.Create(first), sockets, loggers);
        _http2 = new KestrelServer(Options.Create(second), handed, loggers);
    }

    public IReadOnlyList<string> Addresses => [.. _http1.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];

    public async Task StartAsync(CancellationToken ct)
    {
        await _http2.StartAsync(_application, ct);
        await _http1.StartAsync(_application, ct);
    }

    /// <summary>Closes the ports at once, lets requests in flight go on until <paramref name="ct"/> is cancelled, then cuts them.</summary>
    public Task StopAsync(CancellationToken ct) => Task.WhenAll(_http1.StopAsync(ct), _http2.StopAsync(ct));

    public ValueTask DisposeAsync()
    {
        _http1.Dispose();
        _http2.Dispose();
        return ValueTask.CompletedTask;
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
        limits.MaxRequestLineSize = Math.Min(options.MaxRequestHeadBytes, limits.MaxRequestLineSize * 2);
        limits.MaxRequestHeaderCount = options.MaxRequestHeaders;
        limits.RequestHeadersTimeout = options.RequestHeadTimeout;
        limits.KeepAliveTimeout = options.KeepAliveTimeout;
        limits.MinRequestBodyDataRate = new MinDataRate(options.MinBytesPerSecond, options.MinRateGrace);
        limits.MinResponseDataRate = new MinDataRate(options.MinBytesPerSecond, options.MinRateGrace);
        return kestrel;
    }
}
