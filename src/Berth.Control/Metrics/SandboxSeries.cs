using Berth.Model;

namespace Berth.Control.Metrics;

/// <summary>What was sampled of one sandbox, oldest first. Not thread-safe: <see cref="SandboxMeter"/> keeps it under its lock.</summary>
internal sealed class SandboxSeries(SandboxStatus sandbox, Cgroup cgroup)
{
    private readonly List<UsageSample> _samples = [];

    public SandboxStatus Sandbox { get; } = sandbox;

    public Cgroup Cgroup { get; } = cgroup;

    public long? MemoryLimit { get; } = cgroup.MemoryLimit();

    public bool Frozen { get; set; }

    /// <summary>Its control group is gone. What was sampled stays for a while.</summary>
    public bool Ended { get; set; }

    public DateTimeOffset DueAt { get; set; }

    public IReadOnlyList<UsageSample> Samples => _samples;

    /// <summary>Adds a sample and drops those from before <paramref name="oldest"/>.</summary>
    public void Add(UsageSample sample, DateTimeOffset oldest)
    {
        // Dropped in one go when a quarter is too old: moving the rest up for each one would cost more than the sample.
        var old = _samples.FindIndex(s => s.At >= oldest);
        if (old < 0 || old > _samples.Count / 4)
            _samples.RemoveRange(0, old < 0 ? _samples.Count : old);
        _samples.Add(sample);
    }

    /// <summary>Percent of one core over the newest two samples; null before there are two.</summary>
    public double? CpuPercent() => _samples is [.., var before, var last] ? Rate(before, last) * 100 : null;

    /// <summary>CPU time used until then. Between samples on a straight line, and behind the last one further along it, while the sandbox lives.</summary>
    public TimeSpan CpuAt(DateTimeOffset time)
    {
        var next = IndexAfter(time);
        if (next == 0)
            return _samples[0].Cpu;
        if (next < _samples.Count)
            return _samples[next - 1].Cpu + ((time - _samples[next - 1].At) * Rate(_samples[next - 1], _samples[next]));
        return _samples[^1].Cpu + (Ended || Frozen || _samples.Count < 2 ? TimeSpan.Zero : (time - _samples[^1].At) * Rate(_samples[^2], _samples[^1]));
    }

    /// <summary>Memory in use then; null before the first sample and after the end.</summary>
    public long? MemoryAt(DateTimeOffset time)
    {
        var next = IndexAfter(time);
        return next == 0 || (next == _samples.Count && Ended) ? null : _samples[next - 1].MemoryBytes;
    }

    private static double Rate(UsageSample before, UsageSample last) => last.At > before.At ? Math.Max(0, (last.Cpu - before.Cpu) / (last.At - before.At)) : 0;

    /// <summary>Of the first sample that is later.</summary>
    private int IndexAfter(DateTimeOffset time)
    {
        var (low, high) = (0, _samples.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _samples[middle].At <= time ? (middle + 1, high) : (low, middle);
        }
        return low;
    }
}
