using System.Net;
using Berth.Router.Forwarding;
using Berth.Router.Http1;
using Berth.Router.Pages;
using Berth.Router.Routing;
using Berth.Router.Rules;

namespace Berth.Router.Requests;

/// <summary>A request that Kestrel has read, forwarded by YARP's forwarder.</summary>
public sealed class KestrelExchange(HttpContext context, string host, HostRoute? route, YarpForwarder forwarder, RouterOptions options) : IExchange
{
    public string Host { get; } = host;

    /// <summary>The id of the one that answered; empty where none did.</summary>
    public string Sandbox { get; private set; } = "";

    public RequestFacts Facts
    {
        get
        {
            var peer = context.Connection.RemoteIpAddress ?? IPAddress.None;
            if (peer.IsIPv4MappedToIPv6)
                peer = peer.MapToIPv4();
            var headers = context.Request.Headers;
            var isTrusted = options.TrustedProxies.Any(network => network.Contains(peer));
            return new RequestFacts
            {
                Client = RequestFacts.FindClient(peer, headers[ForwardedHeaders.For].ToString(), options.TrustedProxies),
                IsSecure = context.Request.IsHttps || (isTrusted && RequestFacts.SaysHttps(headers[ForwardedHeaders.Proto].ToString())),
                Target = RequestFraming.PathAndQuery(context) ?? "/",
                Authorization = headers.Authorization.Count == 0 ? null : headers.Authorization.ToString(),
            };
        }
    }

    public TimeSpan ResponseTimeout { get; } = route?.ResponseTimeout ?? options.ResponseTimeout;

    /// <summary>The Authorization field is the router's and does not go on.</summary>
    public bool TakesLogin { get; } = route?.Guard is { TakesLogin: true };

    /// <summary>The client is told its number; <see cref="SplitCookie.None"/>: it has one, or needs none.</summary>
    public int GivenNumber { get; init; } = SplitCookie.None;

    public bool IsPageVisit => HttpMethods.IsGet(context.Request.Method) && StatusPage.IsHtmlTaken(context.Request) && context.Request.Headers.Upgrade.Count == 0;

    public CancellationToken ClientGone => context.RequestAborted;

    public async ValueTask<ForwardResult> ForwardAsync(Claim claim, bool freshConnection)
    {
        var result = await forwarder.ForwardAsync(context, this, claim, freshConnection);
        Sandbox = result == ForwardResult.Done ? claim.Target.Sandbox.Id : "";
        return result;
    }
}
