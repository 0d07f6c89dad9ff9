namespace Berth.Router.Traffic;

/// <summary>What has gone by at one app since the router began: counters that only rise. Thread-safe; a request costs a handful of atomic additions.</summary>
public sealed class AppTraffic
{
    private static readonly double[] Bounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    /// <summary>Requests by the first digit of their status; 0: the client left before there was one.</summary>
    private readonly long[] _byClass = new long[6];

    private long _bytesIn;
    private long _bytesOut;

    public IReadOnlyList<long> ByClass => [.. _byClass.Select((_, i) => Interlocked.Read(ref _byClass[i]))];

    public Histogram Durations { get; } = new(Bounds);

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
        if (status != 101)
            Durations.Count(duration);
    }
}
