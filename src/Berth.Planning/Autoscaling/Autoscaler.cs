using System.Globalization;
using Berth.Model;

namespace Berth.Planning.Autoscaling;

/// <summary>How many sandboxes a service should have, and why.</summary>
/// <param name="Reason">For people.</param>
/// <param name="ChangesAt">When time alone makes it another; null: never.</param>
public sealed record ScalingDecision(int Desired, string Reason, DateTimeOffset? ChangesAt);

/// <summary>What a queue's source said last.</summary>
/// <param name="Jobs">The last number that it told; null: none yet.</param>
/// <param name="Problem">Why it could not be asked since; null: it could.</param>
public sealed record QueueReading(long? Jobs, string? Problem);

/// <summary>Decides counts by demand (SPEC section 8): up at once, down by the highest demand of the last <c>scale_down_delay</c>. Pure but for the window that it is given.</summary>
public static class Autoscaler
{
    /// <summary>Instances that so many requests, in flight or waiting, need.</summary>
    public static int Need(Scaling scaling, int requests) => Need(requests, scaling.RequestsPerInstance);

    /// <summary>Instances that so many jobs need.</summary>
    public static int NeedOfJobs(Scaling scaling, long jobs) => Need(jobs, scaling.JobsPerInstance);

    /// <param name="window">Of the service's needs.</param>
    /// <param name="requests">At this moment.</param>
    public static ScalingDecision Decide(Scaling scaling, DemandWindow window, int requests, DateTimeOffset now)
    {
        if (scaling.Mode == ScalingMode.Fixed)
            return new(scaling.Instances, string.Create(CultureInfo.InvariantCulture, $"fixed at {scaling.Instances}"), null);
        window.Set(Need(scaling, requests), now);
        var (highest, endedAt) = window.Highest(now - scaling.ScaleDownDelay);
        var desired = Math.Clamp(highest, scaling.MinInstances, scaling.MaxInstances);
        return new(desired, Reason(scaling, Count(requests, "request"), requests > 0, scaling.RequestsPerInstance, highest, endedAt), desired > scaling.MinInstances ? (endedAt ?? now) + Patience(scaling, endedAt) : null);
    }

    /// <summary>
    /// The same by the jobs of a queue. While the source cannot be asked nothing goes: nobody knows whether it is needed. When it can be asked again, what is not needed goes after the delay.
    /// </summary>
    /// <param name="window">Of the service's needs.</param>
    /// <param name="reading">Null: the source was not asked yet.</param>
    /// <param name="last">What was decided before, or what runs.</param>
    public static ScalingDecision DecideByQueue(Scaling scaling, DemandWindow window, QueueReading? reading, int last, DateTimeOffset now)
    {
        if (reading is not { Jobs: { } jobs, Problem: null })
        {
            var kept = Math.Clamp(last, scaling.MinInstances, scaling.MaxInstances);
            // Kept alive in the window: the delay begins when the source answers again.
            window.Set(Math.Max(window.Level, kept), now);
            return new(kept, reading?.Problem is { } problem ? string.Create(CultureInfo.InvariantCulture, $"the queue cannot be asked: {problem}; kept at {kept}") : "the queue was not asked yet", null);
        }
        window.Set(NeedOfJobs(scaling, jobs), now);
        var (highest, endedAt) = window.Highest(now - scaling.ScaleDownDelay);
        var desired = Math.Clamp(highest, scaling.MinInstances, scaling.MaxInstances);
        return new(desired, Reason(scaling, Count(jobs, "job"), jobs > 0, scaling.JobsPerInstance, highest, endedAt), endedAt + scaling.ScaleDownDelay);
    }

    private static int Need(long units, int perInstance) => (int)Math.Min(int.MaxValue, (units / perInstance) + (units % perInstance > 0 ? 1 : 0));

    /// <summary>Demand that falls is told to nobody: while it lasts, it is looked at again ten times in the delay.</summary>
    private static TimeSpan Patience(Scaling scaling, DateTimeOffset? endedAt) =>
        endedAt is not null ? scaling.ScaleDownDelay : TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerSecond, scaling.ScaleDownDelay.Ticks / 10));

    private static string Reason(Scaling scaling, string units, bool any, int perInstance, int highest, DateTimeOffset? endedAt)
    {
        var asked = endedAt is { } end
            ? string.Create(CultureInfo.InvariantCulture, $"{units} now; {highest} needed until {end.UtcDateTime:HH:mm:ss}, kept for {GoDuration.Format(scaling.ScaleDownDelay)}")
            : any ? string.Create(CultureInfo.InvariantCulture, $"{units}, {perInstance} to an instance")
            : $"no {(scaling.Mode == ScalingMode.Queue ? "job" : "request")} for {GoDuration.Format(scaling.ScaleDownDelay)}";
        if (highest < scaling.MinInstances)
            return string.Create(CultureInfo.InvariantCulture, $"{asked}; min_instances is {scaling.MinInstances}");
        return highest > scaling.MaxInstances ? string.Create(CultureInfo.InvariantCulture, $"{asked}, which needs {highest}; max_instances is {scaling.MaxInstances}") : asked;
    }

    private static string Count(long number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");
}
