using System.Globalization;

namespace Berth.Model.Tests;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("* * * * *", "2024-01-15T10:30:20Z", "2024-01-15T10:31Z")]
    [InlineData("*/15 * * * *", "2024-01-15T10:30Z", "2024-01-15T10:45Z")]
    [InlineData("5/20 * * * *", "2024-01-15T10:30Z", "2024-01-15T10:45Z")]
    [InlineData("0 3 * * *", "2024-01-15T03:00Z", "2024-01-16T03:00Z")]
    [InlineData("30 9-17/4 * * MON-FRI", "2024-01-19T17:30Z", "2024-01-22T09:30Z")]
    [InlineData("0 0 1,15 * *", "2024-01-15T00:00Z", "2024-02-01T00:00Z")]
    [InlineData("0 0 29 2 *", "2096-03-01T00:00Z", "2104-02-29T00:00Z")]
    [InlineData("0 12 * feb sun", "2024-01-15T00:00Z", "2024-02-04T12:00Z")]
    [InlineData("0 12 * * 7", "2024-01-15T00:00Z", "2024-01-21T12:00Z")]
    [InlineData("0 0 13 * 5", "2024-09-07T00:00Z", "2024-09-13T00:00Z")]
    [InlineData("0 0 13 * 5", "2024-09-13T00:00Z", "2024-09-20T00:00Z")]
    [InlineData("0 0 */2 * 5", "2024-09-08T00:00Z", "2024-09-13T00:00Z")]
    [InlineData("@hourly", "2024-01-15T10:30Z", "2024-01-15T11:00Z")]
    [InlineData("@weekly", "2024-01-15T10:30Z", "2024-01-21T00:00Z")]
    [InlineData("  0   4  * * *  ", "2024-01-15T10:30Z", "2024-01-16T04:00Z")]
    public void The_next_time_is_the_first_that_all_fields_allow(string schedule, string after, string next) => Assert.Equal(At(next), Next(schedule, "UTC", after));

    [Theory]
    [InlineData("30 2 * * *", "2024-03-31T00:00+01:00", "2024-03-31T03:00+02:00")]
    [InlineData("30 2 * * *", "2024-03-31T03:00+02:00", "2024-04-01T02:30+02:00")]
    [InlineData("30 2 * * *", "2024-10-27T00:00+02:00", "2024-10-27T02:30+02:00")]
    [InlineData("30 2 * * *", "2024-10-27T02:30+02:00", "2024-10-28T02:30+01:00")]
    [InlineData("*/30 * * * *", "2024-03-31T01:30+01:00", "2024-03-31T03:00+02:00")]
    [InlineData("*/30 * * * *", "2024-10-27T02:30+02:00", "2024-10-27T02:00+01:00")]
    [InlineData("*/30 * * * *", "2024-10-27T02:30+01:00", "2024-10-27T03:00+01:00")]
    [InlineData("0 9 * * *", "2024-07-01T08:00+02:00", "2024-07-01T09:00+02:00")]
    public void When_clocks_change_nothing_is_lost_and_nothing_runs_twice(string schedule, string after, string next) => Assert.Equal(At(next), Next(schedule, "Europe/Berlin", after));

    [Theory]
    [InlineData("", "has 0 fields instead of five")]
    [InlineData("* * * *", "has 4 fields")]
    [InlineData("* * * * * *", "has 6 fields")]
    [InlineData("60 * * * *", "\"60\" as its minute")]
    [InlineData("* 5-3 * * *", "\"5-3\" as its hour")]
    [InlineData("* * 0 * *", "\"0\" as its day of the month")]
    [InlineData("* * * FEBRUARY *", "\"FEBRUARY\" as its month")]
    [InlineData("*/0 * * * *", "\"*/0\" as its minute")]
    [InlineData("-5 * * * *", "\"-5\" as its minute")]
    [InlineData("1,,2 * * * *", "\"\" as its minute")]
    [InlineData("* * * * 8", "\"8\" as its day of the week")]
    [InlineData("0 0 30 2 *", "never comes")]
    [InlineData("@noon", "is none of @hourly")]
    public void What_is_no_schedule_is_told_with_the_field(string text, string problem)
    {
        Assert.Null(CronSchedule.Parse(text, out var told));
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    private static DateTimeOffset? Next(string schedule, string zone, string after) => CronSchedule.Parse(schedule, out _)!.Next(At(after), TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
