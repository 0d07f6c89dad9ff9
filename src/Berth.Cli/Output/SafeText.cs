using System.Globalization;
using System.Text;

namespace Berth.Cli.Output;

/// <summary>Text that cannot command a terminal: escapes, bells, carriage returns and direction changes are spelled out.</summary>
internal static class SafeText
{
    public static string Of(string text)
    {
        int first = 0;
        while (first < text.Length && !IsUnsafe(text[first]))
            first++;
        if (first == text.Length)
            return text;
        var safe = new StringBuilder(text, 0, first, text.Length + 16);
        foreach (var c in text.AsSpan(first))
        {
            if (!IsUnsafe(c))
                safe.Append(c);
            else if (c < ' ')
                safe.Append('^').Append((char)(c + '@'));
            else
                safe.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }
        return safe.ToString();
    }

    // Bidirectional overrides can make a line read as another than it is.
    private static bool IsUnsafe(char c) =>
        (char.IsControl(c) && c != '\t') || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029';
}
