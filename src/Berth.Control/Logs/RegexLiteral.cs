using System.Text;

namespace Berth.Control.Logs;

/// <summary>Text that stands in whatever a regular expression matches, so that lines without it need not be tried. Knows the plain cases and leaves the rest alone.</summary>
internal static class RegexLiteral
{
    /// <summary>The longest run of plain characters outside of groups, classes and optional parts; null if nothing is certain.</summary>
    /// <param name="pattern">A valid regular expression.</param>
    public static string? Of(string pattern)
    {
        // An alternative may do without any run, and a setting inside may change what a blank means.
        if (pattern.Contains('|', StringComparison.Ordinal) || pattern.Contains("(?", StringComparison.Ordinal))
            return null;
        var (run, longest, depth) = (new StringBuilder(), "", 0);
        for (int i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            var isPlain = !Meta(c);
            if (c == '\\')
            {
                i++;
                c = pattern[i];
                // Before a letter or a digit it means a class, an anchor or a code.
                isPlain = !char.IsLetterOrDigit(c) && c != '_';
                if (!isPlain && (c is 'u' or 'x' or 'c' or 'p' or 'P' or 'k' || char.IsDigit(c)))
                    return null;
            }
            else if (c == '[')
            {
                // Classes may hold brackets in many ways.
                return Longer(run, longest) is { Length: > 0 } before ? before : null;
            }
            depth += !isPlain && c == '(' ? 1 : !isPlain && c == ')' ? -1 : 0;
            var quantifier = i + 1 < pattern.Length ? pattern[i + 1] : ' ';
            if (isPlain && depth == 0 && quantifier is not ('*' or '?' or '{'))
                run.Append(c);
            if (isPlain && depth == 0 && quantifier is not ('*' or '?' or '{' or '+'))
                continue;
            longest = Longer(run, longest);
            run.Clear();
            if (!isPlain && c == '{')
                i = pattern.IndexOf('}', i) is >= 0 and var end ? end : i;
        }
        return Longer(run, longest) is { Length: > 0 } found ? found : null;
    }

    private static bool Meta(char c) => c is '\\' or '*' or '+' or '?' or '{' or '}' or '[' or ']' or '(' or ')' or '^' or '$' or '.' or '|' or '#';

    private static string Longer(StringBuilder run, string longest) => run.Length > longest.Length ? run.ToString() : longest;
}
