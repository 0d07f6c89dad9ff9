using Berth.Model;

namespace Berth.Builds;

/// <summary>
/// What builds may use, those of apps and those of base images. A build that needs more fails by itself and leaves the machine and the apps alone.
/// </summary>
public sealed record BuildOptions
{
    /// <summary>Memory of each step; default 2 GiB, or half of the machine's if that is less. A step that needs more is killed, and the message says so.</summary>
    public long MemoryBytes { get; init; } = Math.Min(2 * ByteSize.GiB, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    /// <summary>CPU cores of each step; default all but one, at least one: requests are served while something is built.</summary>
    public double Cpu { get; init; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Weight of each step where cores are short; default 128, an eighth of a sandbox's.</summary>
    public int CpuShares { get; init; } = 128;

    /// <summary>Builds of apps at once; default 2. Others wait, and say so.</summary>
    public int AtOnce { get; init; } = 2;

    /// <summary>Longest time from the context's first byte to the image; default 30 minutes. Waiting does not count; base images have a limit of their own.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);
}
