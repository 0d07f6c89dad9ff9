using System.Text.RegularExpressions;

namespace Berth.Control.Logs;

/// <summary>
/// SPEC section 12's filter: words that must all be there (any case), <c>"a phrase"</c>, <c>/a regular expression/</c>; a <c>-</c> in front of any of
/// them excludes. Regular expressions run without back-tracking, so that none can hang the server.
/// </summary>
public sealed class LogFilter
{
    private readonly List<(bool Wanted, Func<string, bool> Test)> _terms;

    private LogFilter(List<(bool, Func<string, bool>)> terms) => _terms = terms;

    public static LogFilter All { get; } = new([]);

    public bool Matches(string text) => _terms.TrueForAll(t => t.Test(text) == t.Wanted);

    /// <summary>False with what is wrong in <paramref name="problem"/>.</summary>
    public static bool TryParse(string text, out LogFilter filter, out string problem)
    {
        var terms = new List<(bool, Func<string, bool>)>();
        filter = All;
        problem = "";
        for (int i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }
            // A dash by itself is a word like any other.
            var wanted = text[i] != '-' || i + 1 == text.Length || char.IsWhiteSpace(text[i + 1]);
            var start = wanted ? i : i + 1;
            var quote = start < text.Length ? text[start] : ' ';
            var end = quote is '"' or '/' ? text.IndexOf(quote, start + 1) : EndOfWord(text, start);
            if (end < 0)
            {
                problem = $"log filter: the {(quote == '/' ? "regular expression" : "phrase")} that begins at character {start + 1} has no closing {quote}";
                return false;
            }
            var term = quote is '"' or '/' ? text[(start + 1)..end] : text[start..end];
            if (!TryMakeTest(term, quote == '/', out var test, out problem))
                return false;
            terms.Add((wanted, test));
            i = quote is '"' or '/' ? end + 1 : end;
        }
        filter = new(terms);
        return true;
    }

    private static bool TryMakeTest(string term, bool isRegex, out Func<string, bool> test, out string problem)
    {
        problem = "";
        test = line => line.Contains(term, StringComparison.OrdinalIgnoreCase);
        if (!isRegex)
            return true;
        try
        {
            var regex = new Regex(term, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            test = regex.IsMatch;
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = $"log filter: /{term}/ is no regular expression that can be used here: {e.Message}";
            return false;
        }
    }

    private static int EndOfWord(string text, int start)
    {
        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
            end++;
        return end;
    }
}
