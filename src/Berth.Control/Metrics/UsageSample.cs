namespace Berth.Control.Metrics;

/// <summary>What the kernel had counted of one sandbox at one moment. Times and bytes are totals since its start.</summary>
internal readonly record struct UsageSample
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Without what the kernel keeps of files and would give back first (inactive page cache), as <c>docker stats</c> has it.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The most that was ever in use, as it counts against the limit: page cache included. 0 where the kernel does not say.</summary>
    public required long MemoryPeakBytes { get; init; }

    public required TimeSpan Cpu { get; init; }

    /// <summary>How long it was held back by its CPU limit.</summary>
    public required TimeSpan Throttled { get; init; }

    public required int Pids { get; init; }

    public required long ReadBytes { get; init; }

    public required long WrittenBytes { get; init; }
}
