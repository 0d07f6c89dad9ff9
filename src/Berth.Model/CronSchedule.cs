using System.Globalization;

namespace Berth.Model;

/// <summary>
/// Times by the five fields of cron: minute, hour, day of the month, month, day of the week. Where both days are restricted, either will do, as in every cron. Immutable.
/// <para>When clocks change: a time that is skipped comes right after the gap; one that comes twice counts the first time. A schedule that leaves hours open
/// (<c>*/5 * * * *</c>) goes by the time that passes: nothing is made up for a gap, and a repeated hour has its times again.</para>
/// </summary>
public sealed class CronSchedule
{
    /// <summary>February 29th can be this far away: 2100 is no leap year.</summary>
    private const int LongestDays = 8 * 366;

    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["@hourly"] = "0 * * * *",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@weekly"] = "0 0 * * 0",
        ["@monthly"] = "0 0 1 * *",
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
    };

    private readonly int[] _minutes;
    private readonly int[] _hours;
    private readonly bool[] _days;
    private readonly bool[] _months;
    private readonly bool[] _weekdays;
    private readonly bool _eitherDay;
    private readonly bool _everyHour;

    private CronSchedule(bool[] minutes, bool[] hours, bool[] days, bool[] months, bool[] weekdays, bool eitherDay, bool everyHour)
    {
        (_days, _months, _weekdays, _eitherDay, _everyHour) = (days, months, weekdays, eitherDay, everyHour);
        (_minutes, _hours) = (Set(minutes), Set(hours));
    }

    /// <summary>Null and the problem, as the end of a sentence, if the text is no schedule or its time never comes.</summary>
    public static CronSchedule? Parse(string text, out string? problem)
    {
        var fields = Names.GetValueOrDefault(text.Trim().ToLowerInvariant(), text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            problem = text.TrimStart().StartsWith('@') ? $"is none of {string.Join(", ", Names.Keys)}" : $"has {fields.Length} fields instead of five: minute, hour, day of the month, month, day of the week";
            return null;
        }
        problem = null;
        var minutes = Field(fields[0], "minute", 0, 59, [], ref problem);
        var hours = Field(fields[1], "hour", 0, 23, [], ref problem);
        var days = Field(fields[2], "day of the month", 1, 31, [], ref problem);
        var months = Field(fields[3], "month", 1, 12, Months, ref problem);
        var weekdays = Field(fields[4], "day of the week", 0, 7, Weekdays, ref problem);
        if (problem is not null)
            return null;
        // Sunday has two numbers.
        weekdays[0] |= weekdays[7];
        var schedule = new CronSchedule(minutes, hours, days, months, weekdays, !fields[2].StartsWith('*') && !fields[4].StartsWith('*'), fields[1].StartsWith('*'));
        if (schedule.Next(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc) is not null)
            return schedule;
        problem = "is a day that never comes";
        return null;
    }

    /// <summary>The first time after a moment; null at the end of all time.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        var day = TimeZoneInfo.ConvertTime(after, zone).Date;
        for (int i = 0; i <= LongestDays && day < DateTime.MaxValue.Date; i++, day = day.AddDays(1))
        {
            if (!IsOn(day))
                continue;
            DateTimeOffset? first = null;
            foreach (var at in TimesOf(day, zone))
            {
                if (at > after && !(at >= first))
                    first = at;
            }
            if (first is not null)
                return first;
        }
        return null;
    }

    private bool IsOn(DateTime day)
    {
        var (ofMonth, ofWeek) = (_days[day.Day], _weekdays[(int)day.DayOfWeek]);
        return _months[day.Month] && (_eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek);
    }

    private IEnumerable<DateTimeOffset> TimesOf(DateTime day, TimeZoneInfo zone)
    {
        foreach (var hour in _hours)
        {
            foreach (var minute in _minutes)
            {
                var wall = day.AddHours(hour).AddMinutes(minute);
                if (zone.IsInvalidTime(wall))
                {
                    if (_everyHour)
                        continue;
                    while (zone.IsInvalidTime(wall))
                        wall = wall.AddMinutes(1);
                }
                if (!zone.IsAmbiguousTime(wall))
                {
                    yield return new DateTimeOffset(wall, zone.GetUtcOffset(wall));
                    continue;
                }
                var offsets = zone.GetAmbiguousTimeOffsets(wall).OrderDescending().ToList();
                yield return new DateTimeOffset(wall, offsets[0]);
                if (_everyHour)
                    yield return new DateTimeOffset(wall, offsets[^1]);
            }
        }
    }

    /// <summary>Lists of <c>*</c>, <c>5</c>, <c>1-5</c>, each with a step <c>/2</c> or without.</summary>
    private static bool[] Field(string text, string name, int least, int most, string[] names, ref string? problem)
    {
        var set = new bool[most + 1];
        foreach (var part in text.Split(','))
        {
            var slash = part.IndexOf('/', StringComparison.Ordinal);
            var range = slash < 0 ? part : part[..slash];
            var step = slash < 0 ? 1 : Number(part[(slash + 1)..], []);
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            var from = range == "*" ? least : Number(dash < 0 ? range : range[..dash], names);
            // Without an end, a step goes up to the last, and no step is the one value.
            var to = range == "*" || (dash < 0 && slash >= 0) ? most : dash < 0 ? from : Number(range[(dash + 1)..], names);
            if (from < least || to > most || from > to || step < 1)
            {
                problem ??= $"has \"{part}\" as its {name}; write numbers from {least} to {most}, ranges (1-5), lists (1,3), steps (*/5) or *";
                return set;
            }
            for (int i = from; i <= to; i += step)
                set[i] = true;
        }
        return set;

        int Number(string digits, string[] known)
        {
            var named = Array.FindIndex(known, n => n.Equals(digits, StringComparison.OrdinalIgnoreCase));
            return named >= 0 ? named + (known == Months ? 1 : 0) : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        }
    }

    private static int[] Set(bool[] values) => [.. Enumerable.Range(0, values.Length).Where(i => values[i])];
}
