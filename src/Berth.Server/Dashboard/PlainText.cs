using System.Text;
using System.Text.RegularExpressions;

namespace Berth.Server.Dashboard;

/// <summary>What programs print, made fit for a page: terminal sequences are left out, and no character moves, hides or reorders others.</summary>
internal static partial class PlainText
{
    public static string Of(string printed)
    {
        var text = printed.Contains('\e', StringComparison.Ordinal) ? TerminalSequence().Replace(printed, "") : printed;
        if (!text.Any(IsHarmful))
            return text;
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
            plain.Append(IsHarmful(c) ? Shown(c) : c);
        return plain.ToString();
    }

    /// <summary>As <see cref="Of"/>, for a stream of many lines: a lone carriage return, with which programs overwrite a line, begins a new one.</summary>
    public static string OfLines(string printed) => Of(printed.ReplaceLineEndings("\n"));

    private static bool IsHarmful(char c) => (char.IsControl(c) && c is not ('\t' or '\n')) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>Unicode has a picture for each of the old control characters.</summary>
    private static char Shown(char c) => c < ' ' ? (char)('\u2400' + c) : c == '\x7F' ? '\u2421' : '\uFFFD';

    /// <summary>CSI with its final byte, OSC and the other strings up to their end, and two-character sequences.</summary>
    [GeneratedRegex(@"\e\[[0-?]*[ -/]*[@-~]|\e[\]PX^_][^\x07\e]*(?:\x07|\e\\)?|\e[ -/]*[0-~]?")]
    private static partial Regex TerminalSequence();
}
