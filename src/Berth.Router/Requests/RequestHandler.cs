using System.Text;
using Berth.Router.Forwarding;
using Berth.Router.Http1;
using Berth.Router.Pages;
using Berth.Router.Routing;
using Berth.Router.Traffic;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Berth.Router.Requests;

/// <summary>A request that Kestrel has read, from its head to its end.</summary>
public sealed class RequestHandler(Routes routes, Dispatcher dispatcher, YarpForwarder forwarder, TrafficMeter traffic, RouterOptions options, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var host = HostNames.Normalize(context.Request.Host.Value ?? "");
        var route = FindRoute(context, host, out bool isAmbiguous);
        int given = SplitCookie.None;
        if (route is { IsSplit: true })
            route = route.Choose(SplitCookie.Read(context.Request.Headers.Cookie), out given);
        var exchange = new KestrelExchange(context, host, route, forwarder, options) { GivenNumber = given };
        StatusPage? page;
        if ((RequestFraming.Problem(context) ?? (isAmbiguous ? RouterMessages.AmbiguousPath : null)) is { } problem)
        {
            route = null;
            page = StatusPages.BadRequest(problem);
        }
        else
        {
            LetStreamsPause(context);
            page = await dispatcher.DispatchAsync(exchange, route);
        }
        if (page is not null)
            await page.WriteAsync(context);
        // Kestrel counts no bytes; lengths that were announced stand for them.
        traffic.Ended(
            route?.App.Load, exchange.Sandbox.Length > 0 || page is not null ? context.Response.StatusCode : 0, started,
            context.Request.ContentLength ?? 0, context.Response.ContentLength ?? 0, traffic.Logs ? NewEntry(context, exchange, route) : null);
    }

    private HostRoute? FindRoute(HttpContext context, string host, out bool isAmbiguous)
    {
        var target = RequestFraming.PathAndQuery(context) ?? "";
        Span<byte> bytes = target.Length <= 1024 ? stackalloc byte[1024] : new byte[target.Length];
        return routes.Current.Find(host, bytes[..Encoding.Latin1.GetBytes(target, bytes)], out isAmbiguous);
    }

    private static AccessEntry NewEntry(HttpContext context, KestrelExchange exchange, HostRoute? route) => new()
    {
        Client = context.Connection.RemoteIpAddress?.ToString() ?? "",
        Method = context.Request.Method,
        Target = RequestFraming.PathAndQuery(context) ?? "",
        Protocol = context.Request.Protocol,
        Host = exchange.Host,
        UserAgent = context.Request.Headers.UserAgent.ToString(),
        Referer = context.Request.Headers.Referer.ToString(),
        App = route?.App.Name ?? "",
        Sandbox = exchange.Sandbox,
    };

    /// <summary>Kestrel's slowest pace is for uploads that stall; a body of unknown length may be a stream with nothing to say for now.</summary>
    private static void LetStreamsPause(HttpContext context)
    {
        if (context.Request.ContentLength is null && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }
}
