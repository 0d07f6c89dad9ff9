using System.Runtime.CompilerServices;
using Berth.Router.Forwarding;
using Berth.Router.Pages;
using Berth.Router.Routing;

namespace Berth.Router.Requests;

/// <summary>One request from its route to its end, whoever forwards it: claim → forward → perhaps once more, or a page that says why not.</summary>
public sealed class Dispatcher(Routes routes, Admission admission, StatusPages pages)
{
    /// <summary>First try and one more, where nothing was lost by the first.</summary>
    private const int Tries = 2;

    /// <summary>Null where the response was given, or nobody is left to give one to.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StatusPage?> DispatchAsync(IExchange exchange, AppRoute? route)
    {
        if (route is null)
            return StatusPages.UnknownHost(exchange.Host);
        route.Load.CountRequest();
        StatusPage? failure = null;
        var freshConnection = false;
        for (int i = 0; i < Tries; i++)
        {
            var (claim, refusal) = await admission.ClaimAsync(route, exchange);
            if (claim is null)
                return failure ?? pages.For(refusal!.Value, exchange.Host, routes.Current.FindApp(route.Name) ?? route);
            using (claim)
            {
                var result = await exchange.ForwardAsync(claim, freshConnection);
                // A kept connection that proved stale says nothing of the sandbox: only the next try does.
                if (result is ForwardResult.Unreachable or ForwardResult.Broken or ForwardResult.TooSlow || (freshConnection && result == ForwardResult.BrokenRepeatable))
                    claim.Target.Load.CountFailure();
                if (result == ForwardResult.Unreachable)
                    routes.TakeOut(claim);
                if (result is not (ForwardResult.Unreachable or ForwardResult.BrokenRepeatable))
                    return pages.For(result, exchange, claim.Route);
                failure = pages.For(result, exchange, claim.Route);
                freshConnection = result == ForwardResult.BrokenRepeatable;
            }
        }
        return failure;
    }
}
