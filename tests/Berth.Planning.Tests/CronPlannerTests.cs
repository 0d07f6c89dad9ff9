using System.Globalization;
using Berth.Model;
using Berth.Planning.Crons;

namespace Berth.Planning.Tests;

public sealed class CronPlannerTests
{
    [Theory]
    [InlineData("0 * * * *", "10:00", "10:59", false, CronVerdict.Wait, null, "11:00")]
    [InlineData("0 * * * *", "10:00", "11:00", false, CronVerdict.Run, "11:00", "12:00")]
    [InlineData("0 * * * *", "10:00", "11:00", true, CronVerdict.Skip, "11:00", "12:00")]
    [InlineData("* * * * *", "10:00", "10:05", false, CronVerdict.Run, "10:05", "10:06")]
    [InlineData("0 3 * * *", "02:00", "03:59", false, CronVerdict.Run, "03:00", "1.03:00")]
    [InlineData("0 3 * * *", "02:00", "05:00", false, CronVerdict.Miss, "03:00", "1.03:00")]
    [InlineData("* * * * *", "00:00", "30.00:00", false, CronVerdict.Run, "30.00:00", "30.00:01")]
    public void A_time_that_has_come_is_run_once_and_one_that_is_long_gone_is_missed(string schedule, string since, string now, bool running, CronVerdict verdict, string? due, string next)
    {
        var decided = CronPlanner.Decide(CronSchedule.Parse(schedule, out _)!, TimeZoneInfo.Utc, At(since), At(now), running, overlap: false, TimeSpan.FromHours(1));

        Assert.Equal(new CronDecision(verdict, due is null ? null : At(due), At(next)), decided);
    }

    [Fact]
    public void One_that_may_overlap_runs_beside_itself() => Assert.Equal(
        CronVerdict.Run,
        CronPlanner.Decide(CronSchedule.Parse("0 * * * *", out _)!, TimeZoneInfo.Utc, At("10:00"), At("11:00"), running: true, overlap: true, TimeSpan.FromHours(1)).Verdict);

    private static DateTimeOffset At(string time) => DateTimeOffset.UnixEpoch + TimeSpan.Parse(time, CultureInfo.InvariantCulture);
}
