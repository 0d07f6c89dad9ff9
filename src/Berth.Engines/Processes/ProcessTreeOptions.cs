namespace Berth.Engines.Processes;

/// <summary>How the end of processes is waited for.</summary>
public sealed record ProcessTreeOptions
{
    /// <summary>Between two looks at what still runs. Default 20 ms.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long killed processes may take to be gone: one that waits for a device cannot die before. Default 5 s; then they are left behind.</summary>
    public TimeSpan KillWait { get; init; } = TimeSpan.FromSeconds(5);
}
