using System.Runtime.CompilerServices;
using Berth.Router.Forwarding;
using Berth.Router.Pages;
using Berth.Router.Routing;

namespace Berth.Router.Requests;

/// <summary>One request from its route to its end, whoever forwards it: rules → claim → forward → perhaps once more, or a page that says why not.</summary>
public sealed class Dispatcher(Routes routes, Admission admission, StatusPages pages)
{
    /// <summary>First try and one more, where nothing was lost by the first.</summary>
    private const int Tries = 2;

    /// <summary>Null where the response was given, or nobody is left to give one to.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StatusPage?> DispatchAsync(IExchange exchange, HostRoute? way)
    {
        if (way is null)
            return StatusPages.UnknownHost(exchange.Host);
        if (way.Answer is { } answer)
            return StatusPages.Plain(answer);
        if (way.Guard is { } guard && await guard.CheckAsync(exchange.Host, exchange.Facts) is { } refusalPage)
            return refusalPage;
        // Not counted as demand: it must wake nothing.
        if (way.App.Maintenance is { } maintenance)
            return pages.Maintenance(exchange.Host, way.App, maintenance);
        way.App.Load.CountRequest();
        StatusPage? failure = null;
        var freshConnection = false;
        for (int i = 0; i < Tries; i++)
        {
            if (i > 0)
                way = FallBack(way);
            var (claim, refusal) = await admission.ClaimAsync(way.App, exchange);
            // The other release may have gone a moment ago; the app itself is there.
            if (claim is null && way.Fallback is not null)
            {
                way = FallBack(way);
                (claim, refusal) = await admission.ClaimAsync(way.App, exchange);
            }
            if (claim is null)
                return failure ?? pages.For(refusal!.Value, exchange.Host, routes.Current.FindApp(way.App.Name) ?? way.App);
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

    private static HostRoute FallBack(HostRoute way)
    {
        if (way.Fallback is not { } fallback)
            return way;
        fallback.App.Load.CountRequest();
        return fallback;
    }
}
