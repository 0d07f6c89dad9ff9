using Berth.Router.Forwarding;
using Berth.Router.Routing;

namespace Berth.Router.Requests;

/// <summary>A request that Kestrel has read, forwarded by YARP's forwarder.</summary>
public sealed class KestrelExchange(HttpContext context, string host, YarpForwarder forwarder) : IExchange
{
    public string Host { get; } = host;

    public CancellationToken ClientGone => context.RequestAborted;

    public ValueTask<ForwardResult> ForwardAsync(Claim claim, bool freshConnection) => new(forwarder.ForwardAsync(context, claim, freshConnection));
}
