namespace Berth.Control.Metrics;

/// <summary>What one sandbox used when it was last looked at. Bytes and times that only grow are totals since its start.</summary>
/// <param name="MemoryBytes">Without the page cache that the kernel would give back first.</param>
/// <param name="MemoryPeakBytes">The most that was ever in use, page cache included; 0 where the kernel does not say.</param>
/// <param name="CpuPercent">Of one core, over the newest two samples; null before there are two.</param>
public sealed record SandboxUsage(
    string Sandbox, string App, string Service, DateTimeOffset At, long MemoryBytes, long MemoryPeakBytes, long? MemoryLimitBytes,
    double? CpuPercent, TimeSpan Cpu, TimeSpan Throttled, int Pids, long ReadBytes, long WrittenBytes);

/// <summary>What the sandboxes of a service used together, step by step.</summary>
/// <param name="MemoryLimitBytes">Of the newest of them; null: it has none.</param>
public sealed record ServiceUsage(string Service, long? MemoryLimitBytes, IReadOnlyList<UsagePoint> Points);

/// <param name="At">The end of the step.</param>
/// <param name="Sandboxes">How many there were.</param>
/// <param name="CpuPercent">Of one core, over the step.</param>
/// <param name="MemoryBytes">At the end of the step.</param>
public sealed record UsagePoint(DateTimeOffset At, int Sandboxes, double CpuPercent, long MemoryBytes);

/// <summary>How a sandbox's memory went until its end.</summary>
/// <param name="PeakBytes">The most that was ever in use, page cache included; 0 where the kernel does not say.</param>
/// <param name="Points">Oldest first; each without the page cache that the kernel would give back first.</param>
public sealed record MemoryCurve(long? LimitBytes, long PeakBytes, IReadOnlyList<MemoryPoint> Points);

public sealed record MemoryPoint(DateTimeOffset At, long Bytes);
