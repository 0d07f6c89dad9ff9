using Berth.Router.Requests;

namespace Berth.Router.Routing;

/// <summary>Why a request got no sandbox.</summary>
public enum Refusal
{
    /// <summary>Nothing is ready and nothing is on its way.</summary>
    NothingReady,
    TimedOut,

    /// <summary>The request is one that need not wait to the end, see <see cref="RouterOptions.WaitingPage"/>.</summary>
    StillStarting,
    QueueFull,
    ClientGone,
}

/// <summary>The way from a host to a claim, over the waiting gate where need be. Says nothing about how the request is forwarded: all forwarders come through here.</summary>
public sealed class Admission(Routes routes, RouterOptions options, TimeProvider time)
{
    /// <summary>A claim on a sandbox of the app, waiting for one if the app is starting or asleep. Exactly one of the two results is set.</summary>
    public ValueTask<(Claim? Claim, Refusal? Refusal)> ClaimAsync(AppRoute route, IExchange request)
    {
        return routes.TryClaim(route.Name) is { } claim
            ? ValueTask.FromResult<(Claim?, Refusal?)>((claim, null))
            : WaitForClaimAsync(route, request);
    }

    private async ValueTask<(Claim? Claim, Refusal? Refusal)> WaitForClaimAsync(AppRoute first, IExchange request)
    {
        var (patience, afterwards) = request.IsPageVisit && options.WaitingPage < options.QueueTimeout ? (options.WaitingPage.Value, Refusal.StillStarting) : (options.QueueTimeout, Refusal.TimedOut);
        var started = time.GetTimestamp();
        var app = first.Name;
        while (true)
        {
            if (routes.Current.FindApp(app) is not { } route)
                return (null, Refusal.NothingReady);
            if (!route.HoldWhenEmpty)
            {
                // Nothing better will come, so one that refused a connection a moment ago is worth a try.
                var last = routes.TryClaim(app, alsoTakenOut: true);
                return (last, last is null ? Refusal.NothingReady : null);
            }
            var left = patience - time.GetElapsedTime(started);
            switch (await route.Load.Gate.WaitAsync(() => !routes.ShouldWait(app), left, request.ClientGone))
            {
                case GateResult.Proceed when routes.TryClaim(app) is { } claim:
                    if (first.Asleep is { } tier)
                        claim.Route.Load.CountWake(tier, time.GetElapsedTime(started));
                    return (claim, null);
                case GateResult.TimedOut:
                    return (null, afterwards);
                case GateResult.QueueFull:
                    return (null, Refusal.QueueFull);
                case GateResult.Cancelled:
                    return (null, Refusal.ClientGone);
                case GateResult.Failed:
                    return (null, Refusal.NothingReady);
            }
        }
    }
}
