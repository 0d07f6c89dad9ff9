namespace Berth.Router.Traffic;

/// <summary>What has gone by at one app since the router began: counters that only rise. Thread-safe; a request costs a handful of atomic additions.</summary>
public sealed class AppTraffic
{
    /// <summary>Requests by the first digit of their status; 0: the client left before there was one.</summary>
    private readonly long[] _byClass = new long[6];

    // One more than there are bounds: the last is for all that took longer.
    private readonly long[] _byDuration = new long[Bounds.Length + 1];
    private long _durationTicks;
    private long _bytesIn;
    private long _bytesOut;

    /// <summary>Upper bounds of the durations' histogram, seconds.</summary>
    public static ReadOnlySpan<double> Bounds => [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    public IReadOnlyList<long> ByClass => [.. _byClass.Select((_, i) => Interlocked.Read(ref _byClass[i]))];

    public IReadOnlyList<long> ByDuration => [.. _byDuration.Select((_, i) => Interlocked.Read(ref _byDuration[i]))];

    public TimeSpan Duration => new(Interlocked.Read(ref _durationTicks));

    /// <summary>Bytes of bodies from clients.</summary>
    public long BytesIn => Interlocked.Read(ref _bytesIn);

    /// <summary>Bytes to clients, heads included.</summary>
    public long BytesOut => Interlocked.Read(ref _bytesOut);

    public void Count(int status, TimeSpan duration, long bytesIn, long bytesOut)
    {
        Interlocked.Increment(ref _byClass[status / 100 % 6]);
        Interlocked.Add(ref _bytesIn, bytesIn);
        Interlocked.Add(ref _bytesOut, bytesOut);
        // How long a WebSocket was open says nothing of how quick the app is.
        if (status == 101)
            return;
        Interlocked.Add(ref _durationTicks, duration.Ticks);
        int bucket = 0;
        while (bucket < Bounds.Length && duration.TotalSeconds > Bounds[bucket])
            bucket++;
        Interlocked.Increment(ref _byDuration[bucket]);
    }
}
