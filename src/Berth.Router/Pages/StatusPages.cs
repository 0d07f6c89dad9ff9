using System.Net;
using Berth.Model;
using Berth.Router.Forwarding;
using Berth.Router.Requests;
using Berth.Router.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Berth.Router.Pages;

/// <summary>The words of all pages, in one place.</summary>
public sealed class StatusPages(RouterOptions options)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    public static StatusPage BadRequest(string problem) =>
        new(400, "Bad request", Sentence(problem), "This is the client's doing: it has to send the request in another form.", Close: true);

    /// <summary>A text and no page.</summary>
    public static StatusPage Plain(string text) => new(200, "", "", "") { Text = text };

    public static StatusPage UnknownHost(string host) =>
        new(404, "No such host", $"No app is routed at {Named(host)}.", $"If it should be, add the route: berth route add {Named(host)} --app APP");

    public StatusPage NothingReady(string host, AppRoute route) =>
        new(503, "Not available", $"{App(host, route)} cannot answer now: {Status(route)}", Look(route), options.RetryAfter);

    public StatusPage WaitedTooLong(string host, AppRoute route) =>
        new(503, "Not ready in time", $"{App(host, route)} was not ready within {options.QueueTimeout.TotalSeconds:0} s: {Status(route)}", Look(route), options.RetryAfter);

    public static StatusPage StillStarting(string host, AppRoute route) =>
        new(503, "Starting", $"{App(host, route)} is on its way: {Status(route)}", $"This page looks again every {LookAgain.TotalSeconds:0} seconds by itself.", LookAgain) { Field = ("Refresh", $"{LookAgain.TotalSeconds:0}") };

    public StatusPage QueueFull(string host, AppRoute route) =>
        new(503, "Too many are waiting", $"{options.QueueLimit} requests wait already for {App(host, route)}: {Status(route)}", Look(route), options.RetryAfter);

    public static StatusPage UpstreamBroke(string host, AppRoute route) =>
        new(502, "The app broke off", $"{App(host, route)} took the request but gave no valid answer.", Look(route));

    public static StatusPage Unreachable(string host, AppRoute route) =>
        new(502, "The app does not listen", $"{App(host, route)} refuses connections: {Status(route)}", Look(route));

    public static StatusPage TooSlow(IExchange exchange, AppRoute route) =>
        new(504, "The app is too slow", $"{App(exchange.Host, route)} gave no answer within {exchange.ResponseTimeout.TotalSeconds:0.###} s.", Look(route));

    public StatusPage Maintenance(string host, AppRoute route, MaintenanceMode mode) =>
        new(503, "Under maintenance", $"{App(host, route)} is being worked on and will be back.", "Try again later.", mode.RetryAfter ?? options.RetryAfter);

    public static StatusPage NotAllowed(string host, IPAddress client) =>
        new(403, "Not from here", $"{Named(host)} answers only to certain networks, and {client} is in none of them.", "Whoever runs the app can let it in: berth route allow");

    public static StatusPage LoginNeeded(string host) =>
        new(401, "Password needed", $"{Named(host)} asks for a name and a password.", "Whoever runs the app knows them.") { Field = ("WWW-Authenticate", $"Basic realm=\"{host}\", charset=\"UTF-8\"") };

    public static StatusPage LoginBusy(string host) =>
        new(429, "Too many passwords", $"Too many passwords for {Named(host)} are being checked.", "Try again in a moment.", TimeSpan.FromSeconds(1));

    /// <summary>The same address with TLS; the method stays as it is.</summary>
    public static StatusPage GoToHttps(string host, int port, string target)
    {
        var location = $"https://{host}{(port == 443 ? "" : $":{port}")}{(target.StartsWith('/') ? "" : "/")}{target}";
        return new(308, "Moved to HTTPS", $"{Named(host)} answers with TLS only.", "Use https:// in place of http://.") { Field = ("Location", location) };
    }

    /// <summary>A request that cannot be read, so that nothing more on its connection can be either.</summary>
    public static StatusPage Refused(int status, string problem) => status == 400 ? BadRequest(problem) : new(
        status, ReasonPhrases.GetReasonPhrase(status), Sentence(problem), "This is the client's doing: it has to send the request in another form.", Close: true);

    /// <summary>Null: nobody is left to read it. The route is what the app is doing now, not what it did when the wait began.</summary>
    public StatusPage? For(Refusal refusal, string host, AppRoute now) => refusal switch
    {
        Refusal.TimedOut => WaitedTooLong(host, now),
        Refusal.StillStarting => StillStarting(host, now),
        Refusal.QueueFull => QueueFull(host, now),
        Refusal.ClientGone => null,
        _ => NothingReady(host, now),
    };

    /// <summary>Null: the response was begun, or nobody is left to read it.</summary>
    public StatusPage? For(ForwardResult result, IExchange exchange, AppRoute route) => result switch
    {
        ForwardResult.Unreachable => Unreachable(exchange.Host, route),
        ForwardResult.Broken or ForwardResult.BrokenRepeatable => UpstreamBroke(exchange.Host, route),
        ForwardResult.TooSlow => TooSlow(exchange, route),
        ForwardResult.BadRequestBody => BadRequest(RouterMessages.BodyUnreadable),
        _ => null,
    };

    private static string App(string host, AppRoute route) => $"App {route.Name} at {Named(host)}";

    private static string Status(AppRoute route) => Sentence(route.StatusText.Length == 0 ? "nothing is known of its state" : route.StatusText);

    private static string Look(AppRoute route) => $"Try again in a moment. The app's owner can look with: berth app -a {route.Name}; berth logs -a {route.Name}";

    private static string Named(string host) => host.Length == 0 ? "no host name" : host;

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
