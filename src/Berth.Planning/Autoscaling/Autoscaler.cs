using System.Globalization;
using Berth.Model;

namespace Berth.Planning.Autoscaling;

/// <summary>How many sandboxes a service should have, and why.</summary>
/// <param name="Reason">For people.</param>
/// <param name="ChangesAt">When time alone makes it another; null: never.</param>
public sealed record ScalingDecision(int Desired, string Reason, DateTimeOffset? ChangesAt);

/// <summary>Decides counts by demand (SPEC section 8): up at once, down by the highest demand of the last <c>scale_down_delay</c>. Pure but for the window that it is given.</summary>
public static class Autoscaler
{
    /// <summary>Instances that so many requests, in flight or waiting, need.</summary>
    public static int Need(Scaling scaling, int requests) => (int)Math.Min(int.MaxValue, ((long)requests + scaling.RequestsPerInstance - 1) / scaling.RequestsPerInstance);

    /// <param name="window">Of the service's needs.</param>
    /// <param name="requests">At this moment.</param>
    public static ScalingDecision Decide(Scaling scaling, DemandWindow window, int requests, DateTimeOffset now)
    {
        if (scaling.Mode == ScalingMode.Fixed)
            return new(scaling.Instances, string.Create(CultureInfo.InvariantCulture, $"fixed at {scaling.Instances}"), null);
        window.Set(Need(scaling, requests), now);
        var (highest, endedAt) = window.Highest(now - scaling.ScaleDownDelay);
        var desired = Math.Clamp(highest, scaling.MinInstances, scaling.MaxInstances);
        return new(desired, Reason(scaling, requests, highest, endedAt), desired > scaling.MinInstances ? (endedAt ?? now) + Patience(scaling, endedAt) : null);
    }

    /// <summary>Demand that falls is told to nobody: while it lasts, it is looked at again ten times in the delay.</summary>
    private static TimeSpan Patience(Scaling scaling, DateTimeOffset? endedAt) =>
        endedAt is not null ? scaling.ScaleDownDelay : TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerSecond, scaling.ScaleDownDelay.Ticks / 10));

    private static string Reason(Scaling scaling, int requests, int highest, DateTimeOffset? endedAt)
    {
        var asked = endedAt is { } end
            ? string.Create(CultureInfo.InvariantCulture, $"{Count(requests, "request")} now; {highest} needed until {end.UtcDateTime:HH:mm:ss}, kept for {GoDuration.Format(scaling.ScaleDownDelay)}")
            : requests > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Count(requests, "request")}, {scaling.RequestsPerInstance} to an instance")
            : $"no request for {GoDuration.Format(scaling.ScaleDownDelay)}";
        if (highest < scaling.MinInstances)
            return string.Create(CultureInfo.InvariantCulture, $"{asked}; min_instances is {scaling.MinInstances}");
        return highest > scaling.MaxInstances ? string.Create(CultureInfo.InvariantCulture, $"{asked}, which needs {highest}; max_instances is {scaling.MaxInstances}") : asked;
    }

    private static string Count(int number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");
}
