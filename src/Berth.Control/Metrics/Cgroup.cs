using Berth.Engines.Cgroups;

namespace Berth.Control.Metrics;

/// <summary>What one sandbox's control group shows of its use.</summary>
internal sealed class Cgroup(CgroupFolders folders)
{
    private const long NanosecondsPerTick = 100;
    private const long TicksPerMicrosecond = 10;

    /// <summary>Null: there is none. Version 1 shows the largest number of whole pages then.</summary>
    public long? MemoryLimit() =>
        (folders.Own("memory") is { } own ? ControlFile.Number(Path.Combine(own, "memory.limit_in_bytes")) : folders.Shared("memory.max") is { } max ? ControlFile.Number(max) : null) is { } limit and < long.MaxValue - 65536
            ? limit
            : null;

    /// <summary>Null: the group is gone, and its sandbox with it.</summary>
    /// <param name="before">The sample before. Of a sandbox that used no CPU since then nothing more is read: it can have changed nothing.</param>
    public UsageSample? Read(DateTimeOffset at, UsageSample? before)
    {
        if (Cpu() is not { } cpu)
            return null;
        if (before is { } known && known.Cpu == cpu.Used)
            return known with { At = at };
        if (Memory() is not { } memory)
            return null;
        var (read, written) = Bytes();
        return new()
        {
            At = at,
            MemoryBytes = Math.Max(0, memory.Used - memory.Inactive),
            MemoryPeakBytes = memory.Peak,
            Cpu = cpu.Used,
            Throttled = cpu.Throttled ?? Throttled(),
            Pids = (int)(Number("pids", "pids.current", "pids.current") ?? 0),
            ReadBytes = read,
            WrittenBytes = written,
        };
    }

    private (long Used, long Inactive, long Peak)? Memory()
    {
        if (Number("memory", "memory.usage_in_bytes", "memory.current") is not { } used)
            return null;
        // Version 1 has there both the group's own pages and, as "total", those with all groups below it.
        var inactive = folders.Own("memory") is { } own
            ? ControlFile.Number(Path.Combine(own, "memory.stat"), "\ntotal_inactive_file "u8)
            : ControlFile.Number(folders.Shared("memory.stat")!, "\ninactive_file "u8);
        return (used, inactive ?? 0, Number("memory", "memory.max_usage_in_bytes", "memory.peak") ?? 0);
    }

    /// <summary>Version 1 has the throttled time elsewhere: null then.</summary>
    private (TimeSpan Used, TimeSpan? Throttled)? Cpu()
    {
        if (folders.Own("cpuacct") is { } accounts)
            return ControlFile.Number(Path.Combine(accounts, "cpuacct.usage")) is { } nanoseconds ? (TimeSpan.FromTicks(nanoseconds / NanosecondsPerTick), null) : null;
        return folders.Shared("cpu.stat") is { } stat && ControlFile.Sums(stat, "\nusage_usec "u8, "\nthrottled_usec "u8) is var (used, throttled)
            ? (TimeSpan.FromTicks(used * TicksPerMicrosecond), TimeSpan.FromTicks(throttled * TicksPerMicrosecond))
            : null;
    }

    private TimeSpan Throttled() =>
        folders.Own("cpu") is { } own ? TimeSpan.FromTicks((ControlFile.Number(Path.Combine(own, "cpu.stat"), "\nthrottled_time "u8) ?? 0) / NanosecondsPerTick) : TimeSpan.Zero;

    private (long Read, long Written) Bytes() => (folders.Own("blkio") is { } own
        ? ControlFile.Sums(Path.Combine(own, "blkio.throttle.io_service_bytes_recursive"), " Read "u8, " Write "u8)
        : folders.Shared("io.stat") is { } stat ? ControlFile.Sums(stat, "rbytes="u8, "wbytes="u8) : null) ?? (0, 0);

    private long? Number(string controller, string name1, string name2) =>
        folders.Own(controller) is { } own ? ControlFile.Number(Path.Combine(own, name1)) : folders.Shared(name2) is { } path ? ControlFile.Number(path) : null;
}
