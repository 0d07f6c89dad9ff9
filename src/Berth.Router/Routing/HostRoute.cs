using Berth.Router.Http1;
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

    /// <summary>The same route with a share of its requests to another app.</summary>
    public HostRoute WithShare(AppRoute other, int percent) => new(App, Guard, ResponseTimeout)
    {
        _other = new HostRoute(other, Guard, ResponseTimeout) { Fallback = this },
        _otherPercent = percent,
    };

    /// <summary>Which of the two releases a request goes to is to be chosen.</summary>
    public bool IsSplit => _other is not null;

    /// <summary>
    /// Where a request of a split route goes: by its client's number, so that a client stays with one release also when the other's share grows. While none of the other's sandboxes is
    /// ready, all go here.
    /// </summary>
    /// <param name="number">Of the client's <see cref="SplitCookie"/>.</param>
    /// <param name="given">The number that the client gets, because it has none.</param>
    public HostRoute Choose(int number, out int given)
    {
        given = SplitCookie.None;
        if (_other is not { App.HasReady: true })
            return this;
        if (number == SplitCookie.None)
            given = number = NextNumber();
        return number < _otherPercent ? _other : this;
    }

    /// <summary>The other's turn comes as often as its share says, evenly spread; all numbers of each of the two have their turn.</summary>
    private int NextNumber()
    {
        ulong turn = Interlocked.Increment(ref _turn), percent = (ulong)_otherPercent;
        ulong others = turn * percent / SplitCookie.Numbers;
        return others != (turn - 1) * percent / SplitCookie.Numbers
            ? (int)(others % percent)
            : _otherPercent + (int)((turn - others) % (SplitCookie.Numbers - percent));
    }
}
