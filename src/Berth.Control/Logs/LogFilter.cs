using System.Buffers;
using System.Text.RegularExpressions;

namespace Berth.Control.Logs;

/// <summary>
/// SPEC section 12's filter: words that must all be there (any case), <c>"a phrase"</c>, <c>/a regular expression/</c>; a <c>-</c> in front of any of
/// them excludes. Regular expressions run without back-tracking, so that none can hang the server.
/// </summary>
public sealed class LogFilter
{
    private delegate bool LineTest(ReadOnlySpan<char> line);

    private readonly List<(bool Wanted, LineTest Test)> _terms;

    private LogFilter(List<(bool, LineTest)> terms, string? literal) =>
        (_terms, Literal) = (terms, literal is null ? null : SearchValues.Create([literal], StringComparison.OrdinalIgnoreCase));

    public static LogFilter All { get; } = new([], null);

    /// <summary>Something that every line has which matches; null: nothing is known of them.</summary>
    internal SearchValues<string>? Literal { get; }

    public bool Matches(ReadOnlySpan<char> text)
    {
        foreach (var (wanted, test) in _terms)
        {
            if (test(text) != wanted)
                return false;
        }
        return true;
    }

    /// <summary>False with what is wrong in <paramref name="problem"/>.</summary>
    public static bool TryParse(string text, out LogFilter filter, out string problem)
    {
        var terms = new List<(bool, LineTest)>();
        string? literal = null;
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
            // The longest is the rarest, more often than not.
            if (wanted && (quote == '/' ? RegexLiteral.Of(term) : term) is { } sure && sure.Length > (literal?.Length ?? 0))
                literal = sure;
            i = quote is '"' or '/' ? end + 1 : end;
        }
        filter = new(terms, literal);
        return true;
    }

    private static bool TryMakeTest(string term, bool isRegex, out LineTest test, out string problem)
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
