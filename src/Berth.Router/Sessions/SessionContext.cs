using System.Net;
using Berth.Router.Http1;
using Berth.Router.Requests;
using Berth.Router.Routing;
using Berth.Router.Traffic;
using Microsoft.Extensions.ObjectPool;

namespace Berth.Router.Sessions;

/// <summary>What all sessions share.</summary>
public sealed class SessionContext(Routes routes, Dispatcher dispatcher, RouterOptions options, Deadlines deadlines, SandboxSockets sandboxes, TrafficMeter traffic, TimeProvider time, ILogger log)
{
    /// <summary>How many heads and relays are kept for the next request: a few KB and some 30 KB each.</summary>
    private const int MaxKept = 512;

    private volatile bool _isStopping;

    public Routes Routes { get; } = routes;

    public Dispatcher Dispatcher { get; } = dispatcher;

    public RouterOptions Options { get; } = options;

    public Deadlines Deadlines { get; } = deadlines;

    public SandboxSockets Sandboxes { get; } = sandboxes;

    public TrafficMeter Traffic { get; } = traffic;

    public ILogger Log { get; } = log;

    public HttpDate Date { get; } = new(time);

    public ObjectPool<RequestHead> Heads { get; } = new DefaultObjectPool<RequestHead>(new DefaultPooledObjectPolicy<RequestHead>(), MaxKept);

    public ObjectPool<ResponseRelay> Relays { get; } = new DefaultObjectPool<ResponseRelay>(new DefaultPooledObjectPolicy<ResponseRelay>(), MaxKept);

    /// <summary>No connection is kept open for another request.</summary>
    public bool IsStopping
    {
        get => _isStopping;
        set => _isStopping = value;
    }

    /// <summary>When a connection that waits for a request is ended, once <see cref="IsStopping"/>; as <see cref="Deadlines.In"/> counts.</summary>
    public long StopIdleAt { get; set; }

    /// <summary>Whether it is a proxy whose word counts.</summary>
    public bool Trusts(IPAddress peer) => Options.TrustedProxies.Any(network => network.Contains(peer));

    /// <summary>When what is being sent must have gone out: see <see cref="RouterOptions.MinBytesPerSecond"/>.</summary>
    public long SlowestPace(int bytes) => Deadlines.In(Options.MinRateGrace + TimeSpan.FromSeconds(bytes / Options.MinBytesPerSecond));

    /// <summary>Sends to a client at no less than that pace. False: it could not be sent to.</summary>
    public ValueTask<bool> SendAsync(ByteConnection client, ReadOnlyMemory<byte> bytes)
    {
        var sending = client.SendAsync(bytes);
        return sending.IsCompletedSuccessfully ? new ValueTask<bool>(sending.Result >= 0) : FinishSendingAsync(client, sending, bytes.Length);
    }

    private async ValueTask<bool> FinishSendingAsync(ByteConnection client, ValueTask<int> sending, int length)
    {
        client.SendUntil(SlowestPace(length));
        int sent = await sending;
        client.StopSendClock();
        return sent >= 0;
    }
}
