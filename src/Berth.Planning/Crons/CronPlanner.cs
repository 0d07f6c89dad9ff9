using Berth.Model;

namespace Berth.Planning.Crons;

public enum CronVerdict
{
    /// <summary>Its time has not come.</summary>
    Wait,

    /// <summary>Now, or as soon after its time as could be.</summary>
    Run,

    /// <summary>Its time has come while it still runs, and it does not overlap.</summary>
    Skip,

    /// <summary>Its time has come when nobody could run it, too long ago to be made up.</summary>
    Miss,
}

/// <param name="Due">The time that the verdict is about; null: none has come.</param>
/// <param name="NextAt">When to ask again; null: never.</param>
public sealed record CronDecision(CronVerdict Verdict, DateTimeOffset? Due, DateTimeOffset? NextAt);

/// <summary>
/// What is to be done of a cron now. Pure. Of several times that have passed only the last counts: what was missed while berthd or the machine was away is made up
/// once, if it is not longer ago than <c>latest</c>, and otherwise noted as missed.
/// </summary>
public static class CronPlanner
{
    /// <param name="since">The last time that was decided about, or when the cron came to be.</param>
    /// <param name="running">Whether it still runs from before.</param>
    /// <param name="latest">How long after its time a run may still begin.</param>
    public static CronDecision Decide(CronSchedule schedule, TimeZoneInfo zone, DateTimeOffset since, DateTimeOffset now, bool running, bool overlap, TimeSpan latest)
    {
        if (schedule.Next(since, zone) is not { } first || first > now)
            return new(CronVerdict.Wait, null, schedule.Next(since, zone));
        // Counted back from now only as far as a run could be made up: a week of minutes would be ten thousand steps.
        DateTimeOffset? due = null;
        for (var next = schedule.Next(since > now - latest ? since : now - latest, zone); next <= now; next = schedule.Next(next.Value, zone))
            due = next;
        var nextAt = schedule.Next(now, zone);
        if (due is null)
            return new(CronVerdict.Miss, first, nextAt);
        return new(running && !overlap ? CronVerdict.Skip : CronVerdict.Run, due, nextAt);
    }
}
