using System.Text.RegularExpressions;

namespace Berth.Conventions.Tests;

/// <summary>Just enough reading of C# for the house rules: texts and comments blanked out, methods found by their indentation.</summary>
internal static partial class Code
{
    /// <summary>The same text, line for line, with comments and the contents of ordinary strings blank.</summary>
    public static string WithoutComments(string source) => CommentOrText().Replace(source, match => new string([.. match.Value.Select(c => c == '\n' ? '\n' : ' ')]));

    /// <summary>Name and length in lines of each member with a body that stands one level inside a type.</summary>
    public static IEnumerable<(string Name, int Line, int Length)> Methods(string source)
    {
        var lines = WithoutComments(source).Split('\n');
        for (int i = 1; i < lines.Length; i++)
        {
            if (lines[i].TrimEnd() != "    {" || lines[i - 1].TrimStart().StartsWith("class ", StringComparison.Ordinal))
                continue;
            var head = i - 1;
            while (head > 0 && !MemberStart().IsMatch(lines[head]))
                head--;
            if (lines[head].Contains(" class ", StringComparison.Ordinal) || lines[head].Contains(" record ", StringComparison.Ordinal) || lines[head].Contains(" struct ", StringComparison.Ordinal))
                continue;
            var end = i;
            while (end < lines.Length && lines[end].TrimEnd() is not ("    }" or "    };" or "    });"))
                end++;
            yield return (lines[head].Trim(), head + 1, end - head + 1);
        }
    }

    [GeneratedRegex("""("{3,}[\s\S]*?"{3,})|//[^\n]*|/\*[\s\S]*?\*/|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""")]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"^    \S")]
    private static partial Regex MemberStart();
}
