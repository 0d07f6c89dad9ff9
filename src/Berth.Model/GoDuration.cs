using System.Globalization;
using System.Text;

namespace Berth.Model;

/// <summary>Durations as Go's <c>time.ParseDuration</c> reads them: <c>300ms</c>, <c>1h30m</c>, <c>1.5h</c>, <c>0</c>. Precise to .NET's 100 ns.</summary>
public static class GoDuration
{
    /// <summary>False where it is none, or longer than Go's (about 292 years).</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        ReadOnlySpan<char> rest = text;
        bool negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
            rest = rest[1..];
        if (rest is "0")
            return true;
        if (rest.IsEmpty)
            return false;
        decimal nanoseconds = 0;
        while (!rest.IsEmpty)
        {
            if (!TryTakeNumber(ref rest, out var number) || TakeUnit(ref rest) is not (> 0 and var unit) || number > long.MaxValue / unit)
                return false;
            nanoseconds += number * unit;
            if (nanoseconds > long.MaxValue)
                return false;
        }
        duration = TimeSpan.FromTicks((long)(negative ? -nanoseconds : nanoseconds) / TimeSpan.NanosecondsPerTick);
        return true;
    }

    /// <summary>The shortest form that people write: <c>15m</c>, <c>1h30m</c>, <c>1.5s</c>, <c>250ms</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0s";
        if (duration < TimeSpan.Zero)
            return "-" + Format(duration.Negate());
        if (duration < TimeSpan.FromSeconds(1))
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.####}ms");
        var text = new StringBuilder();
        long hours = duration.Ticks / TimeSpan.TicksPerHour;
        if (hours > 0)
            text.Append(CultureInfo.InvariantCulture, $"{hours}h");
        if (duration.Minutes > 0)
            text.Append(CultureInfo.InvariantCulture, $"{duration.Minutes}m");
        decimal seconds = (decimal)(duration.Ticks % TimeSpan.TicksPerMinute) / TimeSpan.TicksPerSecond;
        if (seconds > 0)
            text.Append(CultureInfo.InvariantCulture, $"{seconds:0.#######}s");
        return text.ToString();
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<char> text, out decimal number)
    {
        int length = text.IndexOfAnyExcept("0123456789.");
        if (length < 0)
            length = text.Length;
        bool taken = decimal.TryParse(text[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
        text = text[length..];
        return taken;
    }

    /// <summary>Nanoseconds; 0 where it is no unit.</summary>
    private static long TakeUnit(ref ReadOnlySpan<char> text)
    {
        int length = text.IndexOfAny("0123456789.");
        if (length < 0)
            length = text.Length;
        var unit = text[..length];
        text = text[length..];
        return unit switch
        {
            "ns" => 1,
            "us" or "µs" or "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => 0,
        };
    }
}
