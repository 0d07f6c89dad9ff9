namespace Berth.Planning;

/// <summary>The limits that planning goes by.</summary>
public sealed record PlanningOptions
{
    /// <summary>How long a sandbox that is to stop may finish its requests; then it is stopped all the same. Default 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A process without a readiness probe counts as ready after it has lived this long. Default 1 s.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Crashes of one pool of a new release after which its deployment is given up. Default 3.</summary>
    public int CrashesToFail { get; init; } = 3;

    /// <summary>A sandbox that is not needed but busy is looked at again after this long. Default 2 s.</summary>
    public TimeSpan BusyRecheck { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A watched release is judged once it has had this many requests. Default 20.</summary>
    public int RequestsToJudge { get; init; } = 20;

    /// <summary>A watched release does worse when its share of errors is above that of the release before by more than this. Default 0.05.</summary>
    public double ErrorMargin { get; init; } = 0.05;

    /// <summary>Sandboxes that may be starting at one time in one pool; the others wait their turn. Default 32.</summary>
    public int StartsAtOnce { get; init; } = 32;
}
