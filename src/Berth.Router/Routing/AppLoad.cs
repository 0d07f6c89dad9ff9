using Berth.Model;
using Berth.Router.Traffic;

namespace Berth.Router.Routing;

/// <summary>
/// What is going on at one app: its counters and the gate at which requests wait. Lives on through snapshots. Thread-safe.
/// </summary>
public sealed class AppLoad(string name, WaitingGate gate)
{
    private int _inFlight;
    private int _connections;
    private long _total;
    private uint _turn;

    // By tier. Most apps are never asleep, or never woken.
    private readonly Histogram?[] _wakes = new Histogram?[2];

    public string Name { get; } = name;

    public WaitingGate Gate { get; } = gate;

    public AppTraffic Traffic { get; } = new();

    public long Total => Interlocked.Read(ref _total);

    public bool IsIdle => Volatile.Read(ref _inFlight) == 0 && Gate.Waiting == 0;

    public void CountRequest() => Interlocked.Increment(ref _total);

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End() => Interlocked.Decrement(ref _inFlight);

    public void BeginConnection() => Interlocked.Increment(ref _connections);

    public void EndConnection() => Interlocked.Decrement(ref _connections);

    /// <summary>A request that found the app asleep has its sandbox.</summary>
    public void CountWake(SleepTier from, TimeSpan waited)
    {
        ref var histogram = ref _wakes[(int)from];
        (Volatile.Read(ref histogram) ?? Interlocked.CompareExchange(ref histogram, new Histogram([.. Model.WakeTimes.Bounds]), null) ?? histogram!).Count(waited);
    }

    /// <summary>Of the tiers from which it was woken.</summary>
    public IReadOnlyList<WakeTimes> Wakes() =>
        [.. Enum.GetValues<SleepTier>().Select(tier => (tier, Times: Volatile.Read(ref _wakes[(int)tier]))).Where(one => one.Times is not null).Select(one => new WakeTimes(one.tier, one.Times!.Counts, one.Times.Sum))];

    /// <summary>Where the next search for a sandbox begins, so that equally loaded ones take turns.</summary>
    public uint NextTurn() => Interlocked.Increment(ref _turn);

    public AppDemand Demand() =>
        new(Name, Volatile.Read(ref _inFlight), Gate.Waiting, Total, Volatile.Read(ref _connections));
}
