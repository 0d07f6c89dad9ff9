using System.Net;

namespace Berth.Router;

/// <summary>
/// All that can be set about a router. Those with a flag of <c>berth-router</c> name it; durations on the command line are seconds.
/// </summary>
public sealed record RouterOptions
{
    /// <summary><c>--http ADDR:PORT</c>, may be repeated: where clients connect. Port 0 lets the system choose.</summary>
    public required IReadOnlyList<IPEndPoint> Http { get; init; }

    /// <summary><c>--https ADDR:PORT</c>, may be repeated: where clients connect with TLS. Default none. The first one's port is where <see cref="Berth.Model.RouteRules.HttpsOnly"/> sends clients.</summary>
    public IReadOnlyList<IPEndPoint> Https { get; init; } = [];

    /// <summary><c>--control PATH</c>: the unix socket on which control speaks to the router. Only its owner may connect.</summary>
    public required string ControlSocket { get; init; }

    /// <summary><c>--state DIR</c>: the router's own folder, for <c>router.pid</c>, <c>router.log</c> and <c>routes.json</c>, the last snapshot.</summary>
    public required string StateFolder { get; init; }

    /// <summary>Of the command line, flags and values that say neither where the router listens nor where its files are; control compares them with what it wants.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary><c>--queue-limit</c>: requests of one app that may wait for a sandbox at once; the next gets 503. Default 1000.</summary>
    public int QueueLimit { get; init; } = 1000;

    /// <summary><c>--queue-timeout</c>: how long a request may wait for a sandbox; then 503. Default 30 s.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// <c>--waiting-page</c>: how long somebody who looks at a page in a browser waits for a sandbox before a page of the router's says that the app is starting, and looks
    /// again by itself. All other requests wait to the end. Default null: so does a browser.
    /// </summary>
    public TimeSpan? WaitingPage { get; init; }

    /// <summary><c>--connect-timeout</c>: for a connection to a sandbox; then it counts as failed and another sandbox is tried. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>--response-timeout</c>: from the last byte of a request to the head of its response; then 504. Default 60 s.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary><c>--idle-timeout</c>: how long a WebSocket or a body may pass no byte before it is cut. Default 1 h: quiet ones are alive.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>--take-out-time</c>: how long a sandbox that failed to connect gets no request, if there is another way. Default 2 s.</summary>
    public TimeSpan TakeOutTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary><c>--stop-timeout</c>: after SIGTERM, how long requests in flight may go on; then they are cut. Default 30 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>--max-connections</c>: clients connected at once, WebSockets included; the next are closed at once. Default 20,000.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary><c>--http1</c>: who carries HTTP/1.1. Default <see cref="Http1Forwarder.Session"/>.</summary>
    public Http1Forwarder Http1 { get; init; } = Http1Forwarder.Session;

    /// <summary>
    /// <c>--if-running replace|refuse</c>: whether a router that runs already on the same control socket hands its ports over and ends when its requests have, or this
    /// one does not start. Default refuse.
    /// </summary>
    public bool Replace { get; init; }

    /// <summary>
    /// How long a router that has handed its ports over lets idle connections of clients stay for one more request, which it answers with
    /// <c>Connection: close</c>. Default 2 s.
    /// </summary>
    public TimeSpan HandoverIdle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary><c>--access-log</c>: the form of <c>access.log</c> in the state folder. Default <see cref="AccessLogFormat.Json"/>.</summary>
    public AccessLogFormat AccessLog { get; init; } = AccessLogFormat.Json;

    /// <summary><c>--access-log-bytes</c>: size at which <c>access.log</c> becomes <c>access.log.1</c>. Default 16 MiB: at most twice that on disk.</summary>
    public long AccessLogBytes { get; init; } = 16L * 1024 * 1024;

    /// <summary>Lines of the access log that wait to be written, bytes; more are dropped and counted. Default 4 MiB.</summary>
    public int AccessLogPendingBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// <c>--trust CIDR</c>, may be repeated: proxies in front of the router, whose X-Forwarded-* and X-Request-Id are kept and added to.
    /// Default none: what anybody else says of himself is replaced.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>How long a taken address is tried again at start: a router that is just closing gives it free. Default 2 s.</summary>
    public TimeSpan BindTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A request's line and headers together, bytes; then 431. Default 32 KiB.</summary>
    public int MaxRequestHeadBytes { get; init; } = 32 * 1024;

    /// <summary>A request's first line, bytes; then 414. Default 16 KiB.</summary>
    public int MaxRequestLineBytes { get; init; } = 16 * 1024;

    /// <summary>A request's headers, number; then 431. Default 100.</summary>
    public int MaxRequestHeaders { get; init; } = 100;

    /// <summary>How long a client may take to send a request's head; then 408 and closed. Default 30 s.</summary>
    public TimeSpan RequestHeadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client's connection may be idle between requests; then closed. Default 130 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>
    /// Slowest pace of a request body of known length, and of a client that has a response to read, bytes a second, after
    /// <see cref="MinRateGrace"/>. Default 240. Bodies of unknown length may pause: they are streams.
    /// </summary>
    public double MinBytesPerSecond { get; init; } = 240;

    /// <summary>Default 30 s.</summary>
    public TimeSpan MinRateGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a kept connection to a sandbox may be idle. Default 60 s.</summary>
    public TimeSpan PoolIdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The same for connections that carry requests with a body. Such a request cannot be sent twice, so it must not meet a connection that
    /// the sandbox is closing; servers close idle ones after 2 s or more. Default 1 s.
    /// </summary>
    public TimeSpan BodyPoolIdleTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Connections to one sandbox that are kept while no request is on them; more are closed. Default 1024.</summary>
    public int MaxIdlePerSandbox { get; init; } = 1024;

    /// <summary>The same for all sandboxes together: with thousands of apps, one each adds up. Those idle for longest are closed, 0.2 s late at most. Default 2048, about 12 MB.</summary>
    public int MaxIdleConnections { get; init; } = 2048;

    /// <summary>What of one response may be on its way in the router, bytes; its head must fit, else 502. Default 32 KiB.</summary>
    public int ResponseBufferBytes { get; init; } = 32 * 1024;

    /// <summary>A response's headers, number; then 502. Default 200.</summary>
    public int MaxResponseHeaders { get; init; } = 200;

    /// <summary>
    /// How long a connection that is to be closed stays open for the client to read what it was sent, while what it still sends is thrown away. Default 2 s.
    /// </summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The Retry-After of a 503. Default 5 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Passwords of routes that may wait to be checked, the one being checked included; the next gets 429. Default 16: about a second's worth.</summary>
    public int LoginQueueLimit { get; init; } = 16;

    /// <summary>Shortest time between two reports on a stream. Default 50 ms.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest time between two reports on a stream, though nothing changed. Default 1 s.</summary>
    public TimeSpan ReportHeartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest snapshot that is taken, bytes; then 413. Default 64 MiB.</summary>
    public long MaxSnapshotBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Size at which <c>router.log</c> becomes <c>router.log.1</c>, bytes. Default 4 MiB: at most twice that on disk.</summary>
    public long LogBytes { get; init; } = 4L * 1024 * 1024;
}

/// <summary>Who carries HTTP/1.1; HTTP/2 is Kestrel's and YARP's in any case.</summary>
public enum Http1Forwarder
{
    /// <summary><c>session</c>: the router's own session on sockets, which is fast and strict.</summary>
    Session,

    /// <summary><c>kestrel</c>: Kestrel and YARP's forwarder. Should the session ever be in somebody's way.</summary>
    Kestrel,
}

/// <summary>The form of the access log.</summary>
public enum AccessLogFormat
{
    /// <summary><c>off</c>: none is kept.</summary>
    Off,

    /// <summary><c>json</c>: an object a line.</summary>
    Json,

    /// <summary><c>combined</c>: as Apache and nginx write it, then app, sandbox and milliseconds.</summary>
    Combined,
}
