namespace Berth.Contracts;

/// <summary>What one sandbox uses. Bytes and seconds that only grow are totals since its start.</summary>
public sealed record SandboxMetrics
{
    public required string Sandbox { get; init; }

    public required string App { get; init; }

    public required string Service { get; init; }

    /// <summary>When it was read: every 10 seconds, every second of the first minute, every minute of one that sleeps.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Without the page cache that the kernel would give back first.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The most that was ever in use, page cache included; null where the kernel does not say.</summary>
    public long? MemoryPeakBytes { get; init; }

    /// <summary>Null: there is none.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Of one core, over the newest two readings; null before there are two.</summary>
    public double? CpuPercent { get; init; }

    public required double CpuSeconds { get; init; }

    /// <summary>How long it was held back by its CPU limit.</summary>
    public required double ThrottledSeconds { get; init; }

    /// <summary>Processes and threads.</summary>
    public required int Pids { get; init; }

    public required long ReadBytes { get; init; }

    public required long WrittenBytes { get; init; }
}

/// <summary>What an app's services used over the last hour, or since they were first sampled.</summary>
/// <param name="StepSeconds">Between two points.</param>
public sealed record AppMetrics(double StepSeconds, IReadOnlyList<ServiceMetrics> Services);

/// <param name="MemoryLimitBytes">Of one sandbox; null: there is none.</param>
/// <param name="Points">Oldest first.</param>
public sealed record ServiceMetrics(string Service, long? MemoryLimitBytes, IReadOnlyList<ServiceMetricsPoint> Points);

/// <summary>All sandboxes of the service together.</summary>
/// <param name="At">The end of the step.</param>
/// <param name="Sandboxes">How many there were, asleep or not.</param>
/// <param name="CpuPercent">Of one core, over the step.</param>
/// <param name="MemoryBytes">At the end of the step.</param>
public sealed record ServiceMetricsPoint(DateTimeOffset At, int Sandboxes, double CpuPercent, long MemoryBytes);
