using Berth.Router.Forwarding;
using Berth.Router.Routing;

namespace Berth.Router.Requests;

/// <summary>A request that Kestrel has read, forwarded by YARP's forwarder.</summary>
public sealed class KestrelExchange(HttpContext context, string host, YarpForwarder forwarder) : IExchange
{
    public string Host { get; } = host;

    /// <summary>The id of the one that answered; empty where none did.</summary>
    public string Sandbox { get; private set; } = "";

    public CancellationToken ClientGone => context.RequestAborted;

    public async ValueTask<ForwardResult> ForwardAsync(Claim claim, bool freshConnection)
    {
        var result = await forwarder.ForwardAsync(context, claim, freshConnection);
        Sandbox = result == ForwardResult.Done ? claim.Target.Sandbox.Id : "";
        return result;
    }
}
