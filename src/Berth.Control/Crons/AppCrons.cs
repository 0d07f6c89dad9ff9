using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Crons;

/// <summary>The crons of one app's active release, with where their clocks stand.</summary>
internal sealed class AppCrons
{
    private AppCrons(Release release, IReadOnlyList<CronClock> clocks) => (Release, Clocks) = (release, clocks);

    public Release Release { get; }

    public IReadOnlyList<CronClock> Clocks { get; }

    /// <summary>What ran of an older release counts: a deployment at a cron's minute must not run it twice.</summary>
    public static AppCrons Of(Stores stores, Release release)
    {
        var deployed = stores.Deployments.DeployedAt(release.Id) ?? release.CreatedAt;
        return new(release, [.. release.Crons.Select(cron => CronClock.Of(cron, stores.Crons.LastDue(release.App, cron.Name) is { } last && last > deployed ? last : deployed)).OfType<CronClock>()]);
    }
}

/// <summary>One cron's. Not thread-safe.</summary>
internal sealed class CronClock
{
    public required CronDefinition Cron { get; init; }

    public required CronSchedule Schedule { get; init; }

    public required TimeZoneInfo Zone { get; init; }

    /// <summary>The last time of the schedule that was decided about, or when the release came to be.</summary>
    public required DateTimeOffset Since { get; set; }

    /// <summary>When there is something to decide; null: never.</summary>
    public required DateTimeOffset? NextAt { get; set; }

    /// <summary>Null for a schedule that this machine cannot read, because its time zones changed since the release was made.</summary>
    public static CronClock? Of(CronDefinition cron, DateTimeOffset since) =>
        CronSchedule.Parse(cron.Schedule, out _) is { } schedule && TimeZoneInfo.TryFindSystemTimeZoneById(cron.TimeZone, out var zone)
            ? new() { Cron = cron, Schedule = schedule, Zone = zone, Since = since, NextAt = schedule.Next(since, zone) }
            : null;
}
