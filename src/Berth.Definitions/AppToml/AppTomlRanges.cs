using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>The least and the most that app.toml may ask for. What is outside is an error that names the range.</summary>
internal static class AppTomlRanges
{
    public const int MinPort = 1;
    public const int MaxPort = 65535;

    /// <summary>Sandboxes of one service on one machine.</summary>
    public const int MaxInstances = 1000;

    public const int MaxRequestsPerInstance = 100_000;

    /// <summary>Docker Engine starts nothing with less.</summary>
    public const long MinMemory = 6 * ByteSize.MiB;

    public const long MaxMemory = 64 * ByteSize.TiB;

    public const double MinCpu = 0.01;
    public const double MaxCpu = 1024;

    public static readonly TimeSpan MaxStopTimeout = TimeSpan.FromHours(1);

    /// <summary>Of scaling down, and of stopping a standby.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromDays(30);

    /// <summary>Shortest time between two questions to a queue.</summary>
    public static readonly TimeSpan MinQueueInterval = TimeSpan.FromSeconds(1);

    /// <summary>The same of a queue that is asked by a sandbox of its own.</summary>
    public static readonly TimeSpan MinSandboxInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long a quiet worker may finish what it has, where quiet_for does not say.</summary>
    public static readonly TimeSpan DefaultQuiet = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan MinHealthInterval = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan MinHealthTimeout = TimeSpan.FromMilliseconds(100);

    public static readonly TimeSpan MaxHealthTime = TimeSpan.FromHours(1);
}
