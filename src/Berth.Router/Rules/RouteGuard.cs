using System.Net;
using Berth.Model;
using Berth.Router.Pages;

namespace Berth.Router.Rules;

/// <summary>Decides whether a request may go on by its route's rules. Immutable but for the login it points to.</summary>
public sealed class RouteGuard(IReadOnlyList<IPNetwork>? allowed, LoginCheck? login, int? httpsPort)
{
    /// <summary>The Authorization field is for the router, and none of the app's business.</summary>
    public bool TakesLogin => login is not null;

    /// <summary>Null if there is nothing to guard.</summary>
    /// <param name="login">Of the rules, if they ask for one.</param>
    /// <param name="httpsPort">Where the router takes TLS; null: nowhere, and then nobody is sent there.</param>
    public static RouteGuard? Of(RouteRules? rules, LoginCheck? login, int? httpsPort)
    {
        var redirects = rules is { HttpsOnly: true } ? httpsPort : null;
        return rules?.Allow is null && login is null && redirects is null
            ? null
            : new RouteGuard(rules?.Allow?.Select(network => IPNetwork.Parse(network)).ToList(), login, redirects);
    }

    /// <summary>The page that is answered instead of the app; null: the request may go on.</summary>
    public ValueTask<StatusPage?> CheckAsync(string host, RequestFacts request)
    {
        if (allowed is not null && !allowed.Any(network => network.Contains(request.Client)))
            return ValueTask.FromResult<StatusPage?>(StatusPages.NotAllowed(host, request.Client));
        // Before the password is asked for, which should not be sent in the clear.
        if (httpsPort is { } port && !request.IsSecure)
            return ValueTask.FromResult<StatusPage?>(StatusPages.GoToHttps(host, port, request.Target));
        return login is null ? default : AskLoginAsync(login, host, request);
    }

    private static ValueTask<StatusPage?> AskLoginAsync(LoginCheck login, string host, RequestFacts request)
    {
        var checking = login.CheckAsync(request.Authorization);
        return checking.IsCompletedSuccessfully ? ValueTask.FromResult(PageFor(checking.Result, host)) : AwaitAsync(checking, host);

        static async ValueTask<StatusPage?> AwaitAsync(ValueTask<LoginResult> checking, string host) => PageFor(await checking, host);
    }

    private static StatusPage? PageFor(LoginResult result, string host) => result switch
    {
        LoginResult.Right => null,
        LoginResult.Busy => StatusPages.LoginBusy(host),
        _ => StatusPages.LoginNeeded(host),
    };
}
