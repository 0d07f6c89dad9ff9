using Berth.Router.Forwarding;
using Berth.Router.Routing;
using Berth.Router.Rules;

namespace Berth.Router.Requests;

/// <summary>
/// One request and what becomes of it, in the hands of one of the two forwarders. The seam between routing and the way of forwarding: who implements
/// it decides nothing about hosts, apps or waiting.
/// </summary>
public interface IExchange
{
    /// <summary>As <see cref="HostNames"/> gives it; for pages.</summary>
    string Host { get; }

    /// <summary>Asked only where the route has rules.</summary>
    RequestFacts Facts { get; }

    /// <summary>From the last byte of the request to the head of its response.</summary>
    TimeSpan ResponseTimeout { get; }

    /// <summary>Somebody looks at a page in a browser: a GET that takes HTML, and nothing else comes of it. Asked only when the request has to wait.</summary>
    bool IsPageVisit { get; }

    /// <summary>Asked only when the request has to wait.</summary>
    CancellationToken ClientGone { get; }

    /// <summary>Carries the request to the claimed sandbox and the response back.</summary>
    /// <param name="claim">Held by the caller until this returns.</param>
    /// <param name="freshConnection">Not over a kept connection: the last one proved stale.</param>
    ValueTask<ForwardResult> ForwardAsync(Claim claim, bool freshConnection);
}
