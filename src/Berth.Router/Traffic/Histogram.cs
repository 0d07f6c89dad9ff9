namespace Berth.Router.Traffic;

/// <summary>Durations by size: counters that only rise. Thread-safe.</summary>
/// <param name="bounds">Upper bounds in seconds, rising.</param>
public sealed class Histogram(double[] bounds)
{
    // One more than there are bounds: the last is for all that took longer.
    private readonly long[] _counts = new long[bounds.Length + 1];
    private long _ticks;

    public IReadOnlyList<double> Bounds => bounds;

    public IReadOnlyList<long> Counts => [.. _counts.Select((_, i) => Interlocked.Read(ref _counts[i]))];

    public TimeSpan Sum => new(Interlocked.Read(ref _ticks));

    public void Count(TimeSpan duration)
    {
        Interlocked.Add(ref _ticks, duration.Ticks);
        int bucket = 0;
        while (bucket < bounds.Length && duration.TotalSeconds > bounds[bucket])
            bucket++;
        Interlocked.Increment(ref _counts[bucket]);
    }
}
