using Berth.Router.Rules;

namespace Berth.Router.Routing;

/// <summary>One route in one snapshot: the app that it leads to and what holds on the way. Immutable but for the loads that it points to.</summary>
public sealed class HostRoute(AppRoute app, RouteGuard? guard = null, TimeSpan? responseTimeout = null)
{
    private HostRoute? _other;
    private int _otherPercent;
    private uint _turn;

    public AppRoute App { get; } = app;

    /// <summary>Null: everybody may come in.</summary>
    public RouteGuard? Guard { get; } = guard;

    /// <summary>Null: the router's own limit.</summary>
    public TimeSpan? ResponseTimeout { get; } = responseTimeout;

    /// <summary>What the router itself answers; null: the app does.</summary>
    public string? Answer { get; init; }

    /// <summary>Where to go if nothing answers here; null: nowhere.</summary>
    public HostRoute? Fallback { get; private init; }

    /// <summary>The same route with a share of its requests to another app, evenly spread.</summary>
    public HostRoute WithShare(AppRoute other, int percent) => new(App, Guard, ResponseTimeout)
    {
        _other = new HostRoute(other, Guard, ResponseTimeout) { Fallback = this },
        _otherPercent = percent,
    };

    /// <summary>Where the next request goes: here, or to the other release if it is its turn and one of its sandboxes is ready.</summary>
    public HostRoute Next()
    {
        if (_other is null)
            return this;
        ulong turn = Interlocked.Increment(ref _turn);
        var isOthersTurn = turn * (ulong)_otherPercent / 100 != (turn - 1) * (ulong)_otherPercent / 100;
        return isOthersTurn && _other.App.HasReady ? _other : this;
    }
}
