namespace Berth.Model;

/// <summary>How long requests waited that found an app asleep, since the router started.</summary>
/// <param name="From">How deep it slept.</param>
/// <param name="Counts">Requests that waited at most as long as the bound of the same place in <see cref="Bounds"/>, and longer than the one before; the last: longer than all.</param>
/// <param name="Sum">Of all waits.</param>
public sealed record WakeTimes(SleepTier From, IReadOnlyList<long> Counts, TimeSpan Sum)
{
    /// <summary>Seconds.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

    public long Count => Counts.Sum();

    /// <summary>An estimate, even within a bucket; of those beyond the last bound, that bound.</summary>
    public TimeSpan Quantile(double q)
    {
        double rank = q * Count;
        double before = 0;
        for (int i = 0; i < Bounds.Count; i++)
        {
            if (Counts[i] > 0 && before + Counts[i] >= rank)
            {
                double from = i == 0 ? 0 : Bounds[i - 1];
                return TimeSpan.FromSeconds(from + (Bounds[i] - from) * (rank - before) / Counts[i]);
            }
            before += Counts[i];
        }
        return TimeSpan.FromSeconds(Bounds[^1]);
    }
}
