using Berth.Control.Reconciling;
using Berth.Engines.Cgroups;
using Berth.Model;

namespace Berth.Control.Metrics;

/// <summary>
/// Reads what sandboxes use from the kernel's control groups: a few small files each time and nothing in between, so that hundreds cost next to
/// nothing. What was read stays in memory for <see cref="ControlOptions.MetricsAge"/>, also of sandboxes that are gone. Thread-safe.
/// </summary>
public sealed class SandboxMeter
{
    /// <summary>Of the samples before a crash.</summary>
    private const int CurvePoints = 60;

    private readonly ControlOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<SandboxStatus, Cgroup?> _find;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SandboxSeries> _series = new(StringComparer.Ordinal);

    internal SandboxMeter(ControlOptions options, TimeProvider time, Func<SandboxStatus, Cgroup?>? find = null)
    {
        (_options, _time) = (options, time);
        var tree = new CgroupTree();
        _find = find ?? (sandbox => SandboxProcess.OnThisMachine(sandbox) is { } pid && tree.Find(pid) is { } folders ? new Cgroup(folders) : null);
    }

    /// <summary>Begins to sample a sandbox if it is not sampled yet. One that the engine does not run on this machine is left out.</summary>
    public void Follow(SandboxStatus sandbox)
    {
        if (sandbox.State is not (SandboxState.Running or SandboxState.Frozen))
            return;
        lock (_lock)
        {
            if (_series.TryGetValue(sandbox.Id, out var known))
            {
                var frozen = sandbox.State == SandboxState.Frozen;
                // Its last number before the sleep, and its first after it, at once.
                if (known.Frozen != frozen)
                    known.DueAt = default;
                known.Frozen = frozen;
                return;
            }
        }
        if (_find(sandbox) is not { } cgroup)
            return;
        var series = new SandboxSeries(sandbox, cgroup) { Frozen = sandbox.State == SandboxState.Frozen };
        lock (_lock)
            _series.TryAdd(sandbox.Id, series);
    }

    /// <summary>Samples those that are due, and forgets what is too old.</summary>
    public void Sample()
    {
        var now = _time.GetUtcNow();
        List<SandboxSeries> due;
        lock (_lock)
        {
            Forget_NeedsLock(now);
            due = [.. _series.Values.Where(s => !s.Ended && s.DueAt <= now)];
        }
        if (due.Count == 0)
            return;
        var read = due.ConvertAll(s => (Series: s, Sample: s.Cgroup.Read(now, s.Samples is [.., var last] ? last : null)));
        lock (_lock)
        {
            foreach (var (series, sample) in read)
            {
                if (sample is { } seen)
                    series.Add(seen, now - _options.MetricsAge);
                series.Ended = sample is null;
                series.DueAt = now + PeriodOf(series, now);
            }
        }
    }

    /// <summary>What each sandbox that lives used last, by app, service and sandbox.</summary>
    /// <param name="app">Null: of all apps.</param>
    public IReadOnlyList<SandboxUsage> Latest(string? app)
    {
        lock (_lock)
        {
            return [.. _series.Values.Where(s => !s.Ended && s.Samples.Count > 0 && (app is null || s.Sandbox.App == app))
                .OrderBy(s => s.Sandbox.App, StringComparer.Ordinal).ThenBy(s => s.Sandbox.Service, StringComparer.Ordinal).ThenBy(s => s.Sandbox.Id, StringComparer.Ordinal)
                .Select(Usage)];
        }
    }

    /// <summary>An app's use over time, by service, in steps of equal length up to now, from when it was first sampled.</summary>
    /// <param name="points">How many steps at most; no step is shorter than <see cref="ControlOptions.MetricsPeriod"/>.</param>
    public (TimeSpan Step, IReadOnlyList<ServiceUsage> Services) OverTime(string app, int points)
    {
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            var own = _series.Values.Where(s => s.Sandbox.App == app && s.Samples.Count > 0).ToList();
            if (own.Count == 0)
                return (_options.MetricsPeriod, []);
            var oldest = own.Min(s => s.Samples[0].At);
            var age = TimeSpan.FromTicks(Math.Clamp((now - oldest).Ticks, 0, _options.MetricsAge.Ticks));
            var step = TimeSpan.FromTicks(Math.Max(age.Ticks / points, _options.MetricsPeriod.Ticks));
            var steps = (int)Math.Clamp(Math.Ceiling(age / step), 1, points);
            return (step, [.. own.GroupBy(s => s.Sandbox.Service).OrderBy(g => g.Key, StringComparer.Ordinal).Select(service => new ServiceUsage(
                service.Key, service.MaxBy(s => s.Samples[^1].At)!.MemoryLimit,
                [.. Enumerable.Range(1, steps).Select(i => Point(service, now - (step * (steps - i)), step))]))]);
        }
    }

    /// <summary>The end of a sandbox's memory; null if it was never sampled.</summary>
    public MemoryCurve? CurveOf(string sandbox)
    {
        lock (_lock)
        {
            return _series.TryGetValue(sandbox, out var series) && series.Samples is { Count: > 0 } samples
                ? new(series.MemoryLimit, samples[^1].MemoryPeakBytes, [.. samples.TakeLast(CurvePoints).Select(s => new MemoryPoint(s.At, s.MemoryBytes))])
                : null;
        }
    }

    private TimeSpan PeriodOf(SandboxSeries series, DateTimeOffset now) =>
        series.Frozen ? _options.MetricsPeriodAsleep
        : series.Samples.Count > 0 && now - series.Samples[0].At < _options.MetricsYouth ? _options.MetricsPeriodYoung
        : _options.MetricsPeriod;

    private void Forget_NeedsLock(DateTimeOffset now)
    {
        var ended = _series.Values.Where(s => s.Ended).ToList();
        foreach (var series in ended.Where(s => s.Samples.Count == 0 || s.Samples[^1].At < now - _options.MetricsAge)
            .Concat(ended.OrderByDescending(s => s.DueAt).Skip(_options.MetricsEnded)))
        {
            _series.Remove(series.Sandbox.Id);
        }
    }

    private static UsagePoint Point(IEnumerable<SandboxSeries> service, DateTimeOffset end, TimeSpan step)
    {
        var (cpu, memory, count) = (0d, 0L, 0);
        foreach (var series in service)
        {
            cpu += (series.CpuAt(end) - series.CpuAt(end - step)) / step * 100;
            if (series.MemoryAt(end) is not { } bytes)
                continue;
            memory += bytes;
            count++;
        }
        return new(end, count, cpu, memory);
    }

    private static SandboxUsage Usage(SandboxSeries series)
    {
        var (sandbox, last) = (series.Sandbox, series.Samples[^1]);
        return new(sandbox.Id, sandbox.App, sandbox.Service, last.At, last.MemoryBytes, last.MemoryPeakBytes, series.MemoryLimit,
            series.CpuPercent(), last.Cpu, last.Throttled, last.Pids, last.ReadBytes, last.WrittenBytes);
    }
}
