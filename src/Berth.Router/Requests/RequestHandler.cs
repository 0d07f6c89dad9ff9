using Berth.Router.Forwarding;
using Berth.Router.Pages;
using Berth.Router.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Berth.Router.Requests;

/// <summary>One request from its head to its end: host → app → claim → forward, or a page that says why not.</summary>
public sealed class RequestHandler(Routes routes, Admission admission, IRequestForwarder forwarder, StatusPages pages)
{
    /// <summary>First try and one more, where nothing was lost by the first.</summary>
    private const int Tries = 2;

    public async Task HandleAsync(HttpContext context)
    {
        if (await RouteAsync(context) is { } page)
            await page.WriteAsync(context);
    }

    /// <summary>Null where the response was given, or nobody is left to give one to.</summary>
    private async Task<StatusPage?> RouteAsync(HttpContext context)
    {
        if (RequestFraming.Problem(context) is { } problem)
            return StatusPages.BadRequest(problem);
        var host = HostNames.Normalize(context.Request.Host.Value ?? "");
        if (routes.Current.FindHost(host) is not { } route)
            return StatusPages.UnknownHost(host);
        route.Load.CountRequest();
        LetStreamsPause(context);

        StatusPage? failure = null;
        var freshConnection = false;
        for (int i = 0; i < Tries; i++)
        {
            var (claim, refusal) = await admission.ClaimAsync(route, context.RequestAborted);
            if (claim is null)
                return failure ?? Page(refusal!.Value, host, route);
            using (claim)
            {
                var result = await forwarder.ForwardAsync(context, claim, freshConnection);
                if (result == ForwardResult.Unreachable)
                    routes.TakeOut(claim);
                failure = Page(result, host, claim.Route);
                if (result is not (ForwardResult.Unreachable or ForwardResult.BrokenRepeatable))
                    return failure;
                freshConnection = result == ForwardResult.BrokenRepeatable;
            }
        }
        return failure;
    }

    /// <summary>Kestrel's slowest pace is for uploads that stall; a body of unknown length may be a stream with nothing to say for now.</summary>
    private static void LetStreamsPause(HttpContext context)
    {
        if (context.Request.ContentLength is null && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    private StatusPage? Page(Refusal refusal, string host, AppRoute route)
    {
        // What the app is doing now, not what it did when the wait began.
        var now = routes.Current.FindApp(route.Name) ?? route;
        return refusal switch
        {
            Refusal.TimedOut => pages.WaitedTooLong(host, now),
            Refusal.QueueFull => pages.QueueFull(host, now),
            Refusal.ClientGone => null,
            _ => pages.NothingReady(host, now),
        };
    }

    private StatusPage? Page(ForwardResult result, string host, AppRoute route) => result switch
    {
        ForwardResult.Unreachable => StatusPages.Unreachable(host, route),
        ForwardResult.Broken or ForwardResult.BrokenRepeatable => StatusPages.UpstreamBroke(host, route),
        ForwardResult.TooSlow => pages.TooSlow(host, route),
        ForwardResult.BadRequestBody => StatusPages.BadRequest(RouterMessages.BodyUnreadable),
        _ => null,
    };
}
