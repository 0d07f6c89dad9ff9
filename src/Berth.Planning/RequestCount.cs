namespace Berth.Planning;

/// <summary>What became of the requests to one release.</summary>
/// <param name="Requests">All of them.</param>
/// <param name="Errors">Those that got a status of 500 or more, or no answer.</param>
public readonly record struct RequestCount(long Requests, long Errors)
{
    /// <summary>From 0 to 1; 0 where there were no requests.</summary>
    public double ErrorShare => Requests == 0 ? 0 : (double)Errors / Requests;

    /// <summary>Does the release do worse than the one <paramref name="before"/>? Never said of one that had too few requests to judge by.</summary>
    public bool IsWorseThan(RequestCount before, PlanningOptions options) =>
        Requests >= options.RequestsToJudge && ErrorShare > before.ErrorShare + options.ErrorMargin;

    public override string ToString() => $"{Errors} of {Requests} requests";
}
