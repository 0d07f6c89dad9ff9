using System.Globalization;
using Berth.Model;

namespace Berth.Control.Reconciling;

/// <summary>The counts that people write: <c>3</c>, <c>auto</c>, <c>auto:1-20</c>, <c>default</c>.</summary>
public static class ScaleText
{
    /// <summary>Most sandboxes that one service may have.</summary>
    public const int Most = 500;

    /// <summary>Null if <paramref name="text"/> is well-formed, else what is wrong with it.</summary>
    public static string? Problem(string text)
    {
        if (text is "default" or "auto")
            return null;
        if (text.StartsWith("auto:", StringComparison.Ordinal))
        {
            return TryParseRange(text, out var min, out var max) && min <= max && max >= 1
                ? null
                : $"\"{text}\" is no range of counts; write it as auto:MIN-MAX with whole numbers from 0 to {Most}, for example auto:1-20";
        }
        return TryParseCount(text, out _) ? null : $"\"{text}\" is no count; use a whole number from 0 to {Most}, auto, auto:MIN-MAX or default";
    }

    /// <summary>The scaling that holds: what a person set, else what the files define.</summary>
    public static Scaling Apply(Scaling defined, string? setting)
    {
        if (setting is null)
            return defined;
        if (TryParseCount(setting, out var count))
            return Scaling.FixedAt(count);
        var auto = defined with { Mode = defined.Mode == ScalingMode.Queue ? ScalingMode.Queue : ScalingMode.Auto };
        return TryParseRange(setting, out var min, out var max) ? auto with { MinInstances = min, MaxInstances = max } : auto;
    }

    private static bool TryParseCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count <= Most;

    private static bool TryParseRange(string text, out int min, out int max)
    {
        min = max = 0;
        if (!text.StartsWith("auto:", StringComparison.Ordinal))
            return false;
        var range = text["auto:".Length..].Split('-');
        return range.Length == 2 && TryParseCount(range[0], out min) && TryParseCount(range[1], out max);
    }
}
