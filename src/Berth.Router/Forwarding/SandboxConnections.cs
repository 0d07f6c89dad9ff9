using System.Net.Sockets;
using System.Text;
using Berth.Router.Routing;

namespace Berth.Router.Forwarding;

/// <summary>
/// Connections to sandboxes, kept between requests. Three pools: for requests that the pool itself may send once more when a kept
/// connection proves stale, for those with a body (see <see cref="RouterOptions.BodyPoolIdleTimeout"/>), and one that keeps nothing.
/// </summary>
public sealed class SandboxConnections : IDisposable
{
    /// <summary>Tells the pool where a request's sandbox is; its host is only a name (see <see cref="SandboxTarget.PoolHost"/>).</summary>
    public static readonly HttpRequestOptionsKey<SandboxTarget> Target = new("berth.target");

    private readonly RouterOptions _options;
    private readonly TimeProvider _time;

    public SandboxConnections(RouterOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        Kept = new HttpMessageInvoker(NewHandler(options.PoolIdleTimeout, Timeout.InfiniteTimeSpan));
        KeptForBodies = new HttpMessageInvoker(new PromptUploads(NewHandler(options.BodyPoolIdleTimeout, Timeout.InfiniteTimeSpan)));
        Fresh = new HttpMessageInvoker(NewHandler(options.PoolIdleTimeout, TimeSpan.Zero));
    }

    public HttpMessageInvoker Kept { get; }

    public HttpMessageInvoker KeptForBodies { get; }

    public HttpMessageInvoker Fresh { get; }

    public void Dispose()
    {
        Kept.Dispose();
        KeptForBodies.Dispose();
        Fresh.Dispose();
    }

    private SocketsHttpHandler NewHandler(TimeSpan idle, TimeSpan lifetime) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = idle,
        PooledConnectionLifetime = lifetime,
        EnableMultipleHttp2Connections = true,
        // Header values are bytes to the router: in Latin-1 each byte is one character and comes out as it went in.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ConnectCallback = ConnectAsync,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(Target, out var target))
            throw new InvalidOperationException("A request without a target cannot be sent to a sandbox.");
        var socket = new Socket(target.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            await socket.ConnectAsync(target.EndPoint, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new SandboxUnreachableException(e.SocketErrorCode.ToString(), e);
        }
        catch (OperationCanceledException e)
        {
            socket.Dispose();
            if (ct.IsCancellationRequested)
                throw;
            throw new SandboxUnreachableException($"no connection within {_options.ConnectTimeout.TotalSeconds:0.#} s", e);
        }
    }
}
