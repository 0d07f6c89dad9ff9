using Berth.Model;

namespace Berth.Builds;

/// <summary>What one build may use. A build that needs more fails by itself and leaves the machine and the other apps alone.</summary>
public sealed record BuildOptions
{
    /// <summary>Memory of each step; default 2 GiB. A step that needs more is killed, and the message says so.</summary>
    public long MemoryBytes { get; init; } = 2 * ByteSize.GiB;

    /// <summary>CPU cores of each step; default all but one, at least one: requests are served while something is built.</summary>
    public double Cpu { get; init; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Longest time from the context's first byte to the image; default 30 minutes. Base images have a limit of their own.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);
}
