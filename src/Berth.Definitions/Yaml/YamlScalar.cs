using System.Globalization;

namespace Berth.Definitions.Yaml;

/// <summary>A text, number, truth value or nothing, by the rules of YAML 1.1: <c>yes</c> is true and <c>017</c> is fifteen unless quoted.</summary>
/// <param name="offset">Where it begins.</param>
/// <param name="text">As written, without quotes.</param>
/// <param name="plain">Written without quotes: only then can it be anything but a text.</param>
internal sealed class YamlScalar(int offset, string text, bool plain) : YamlNode(offset)
{
    /// <summary>No number of a definition is longer; a longer row of digits is a text.</summary>
    private const int MaxNumberLength = 40;

    public string Text => text;

    public bool Plain => plain;

    public bool IsNull => plain && (text is "" or "~" or "null" or "Null" or "NULL");

    public bool? Truth => !plain ? null : text switch
    {
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        _ => null,
    };

    /// <summary>Null if it is no whole number of 64 bits.</summary>
    public long? Integer
    {
        get
        {
            if (!plain || text.Length is 0 or > MaxNumberLength)
                return null;
            var digits = text.Replace("_", "", StringComparison.Ordinal);
            bool negative = digits.StartsWith('-');
            if (digits.StartsWith('-') || digits.StartsWith('+'))
                digits = digits[1..];
            if (digits.Length == 0 || !char.IsAsciiDigit(digits[0]))
                return null;
            return Parse(digits) is { } number ? negative ? -number : number : null;
        }
    }

    /// <summary>Null if it is no number with a fraction or an exponent.</summary>
    public double? Real
    {
        get
        {
            if (!plain || text.Length is 0 or > MaxNumberLength || Integer is not null)
                return null;
            var digits = text.Replace("_", "", StringComparison.Ordinal);
            if (!digits.Any(char.IsAsciiDigit) || !digits.Contains('.', StringComparison.Ordinal) || digits.Any(c => !(char.IsAsciiDigit(c) || c is '.' or '-' or '+' or 'e' or 'E')))
                return null;
            return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
        }
    }

    public bool IsText => !IsNull && Truth is null && Integer is null && Real is null;

    public override string KindName =>
        IsNull ? "nothing" : Truth is not null ? "true or false" : Integer is not null ? "a whole number" : Real is not null ? "a number" : "a text";

    private static long? Parse(string digits)
    {
        try
        {
            return digits switch
            {
                ['0', 'x' or 'X', ..] => Convert.ToInt64(digits, 16),
                ['0', 'b' or 'B', ..] => Convert.ToInt64(digits[2..], 2),
                ['0', 'o', ..] => Convert.ToInt64(digits[2..], 8),
                ['0', _, ..] when digits.All(char.IsAsciiDigit) => Convert.ToInt64(digits, 8),
                _ => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
            };
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }
}
