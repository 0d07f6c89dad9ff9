using Berth.Router.Forwarding;
using Berth.Router.Pages;
using Berth.Router.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Berth.Router.Requests;

/// <summary>A request that Kestrel has read, from its head to its end.</summary>
public sealed class RequestHandler(Routes routes, Dispatcher dispatcher, YarpForwarder forwarder)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (await RouteAsync(context) is { } page)
            await page.WriteAsync(context);
    }

    /// <summary>Null where the response was given, or nobody is left to give one to.</summary>
    private async ValueTask<StatusPage?> RouteAsync(HttpContext context)
    {
        if (RequestFraming.Problem(context) is { } problem)
            return StatusPages.BadRequest(problem);
        LetStreamsPause(context);
        var host = HostNames.Normalize(context.Request.Host.Value ?? "");
        return await dispatcher.DispatchAsync(new KestrelExchange(context, host, forwarder), routes.Current.FindHost(host));
    }

    /// <summary>Kestrel's slowest pace is for uploads that stall; a body of unknown length may be a stream with nothing to say for now.</summary>
    private static void LetStreamsPause(HttpContext context)
    {
        if (context.Request.ContentLength is null && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }
}
