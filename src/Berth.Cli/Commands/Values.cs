using System.Globalization;

namespace Berth.Cli.Commands;

/// <summary>Reads what people write on the command line; what cannot be meant is refused before the server is asked.</summary>
internal static class Values
{
    /// <summary>Most sandboxes of one service that can be asked for.</summary>
    public const int MaxInstances = 1000;

    /// <summary>Longest time that is taken.</summary>
    private const int MaxDurationDays = 3650;

    public static int Count(string what, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= least && count <= most
            ? count
            : throw CliException.Usage(CliMessages.BadCount(what, text, least, most));

    /// <summary><c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>2d</c>, <c>1w</c>.</summary>
    /// <param name="what">As it is named on the command line: <c>--last</c>.</param>
    public static TimeSpan Duration(string what, string text)
    {
        var total = 0d;
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits is <= 0 or > 9)
                throw CliException.Usage(CliMessages.BadDuration(what, text));
            total += int.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture) * (rest[digits] switch
            {
                's' => 1d,
                'm' => 60,
                'h' => 3600,
                'd' => 86400,
                'w' => 7 * 86400,
                _ => throw CliException.Usage(CliMessages.BadDuration(what, text)),
            });
            rest = rest[(digits + 1)..];
        }
        return total is > 0 and <= MaxDurationDays * 86400d ? TimeSpan.FromSeconds(total) : throw CliException.Usage(CliMessages.BadDuration(what, text));
    }

    /// <summary>A duration, or a number of seconds.</summary>
    public static TimeSpan Seconds(string what, string text) => Duration(what, text.Length > 0 && text.All(char.IsAsciiDigit) ? text + "s" : text);

    /// <summary>A share of another release: <c>v5=10%</c>.</summary>
    public static (string Release, int Percent) Share(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || !int.TryParse(text[(equals + 1)..].TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out var percent) || percent is < 1 or > 99)
            throw CliException.Usage(CliMessages.BadShare(text));
        return (text[..equals], percent);
    }

    /// <summary>A service's scale as the API takes it: <c>3</c>, <c>auto</c>, <c>auto:1-20</c> or <c>default</c>.</summary>
    public static string Scale(string assignment, string value)
    {
        if (value is "auto" or "default")
            return value;
        if (!value.StartsWith("auto:", StringComparison.Ordinal))
        {
            if (value.Length == 0 || !(char.IsAsciiDigit(value[0]) || value[0] is '-' or '+' or '.'))
                throw CliException.Usage(CliMessages.BadScale(assignment));
            return Count("count", value, 0, MaxInstances).ToString(CultureInfo.InvariantCulture);
        }
        if (value[5..].Split('-') is not [var least, var most])
            throw CliException.Usage(CliMessages.BadScale(assignment));
        var (min, max) = (Count("count", least, 0, MaxInstances), Count("count", most, 1, MaxInstances));
        return min <= max ? $"auto:{min}-{max}" : throw CliException.Usage(CliMessages.BadRange(assignment));
    }

    /// <summary>A disk's size in GB: <c>20</c>, <c>20G</c>.</summary>
    public static int DiskSize(string text) => Count("--size", text.EndsWith('G') ? text[..^1] : text, 1, Berth.Model.DiskDefinition.MaxSizeGb);

    public static double Cpu(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cores) && cores is > 0 and <= 1024
            ? cores
            : throw CliException.Usage(CliMessages.BadCpu(text));
}
