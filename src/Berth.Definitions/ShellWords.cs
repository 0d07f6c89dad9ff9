using System.Text;

namespace Berth.Definitions;

/// <summary>
/// Splits a command into words as a POSIX shell does: blanks separate, quotes and backslashes protect, a # that begins a word
/// begins a comment. Nothing is expanded and no operator is known: <c>$PORT</c> and <c>&amp;&amp;</c> stay as they are.
/// </summary>
public static class ShellWords
{
    /// <summary>False, with the reason in words for people, where a quote is not closed or nothing follows a backslash.</summary>
    public static bool TrySplit(string command, out IReadOnlyList<string> words, out string? problem)
    {
        List<string> found = [];
        var word = new StringBuilder();
        // A word may be empty and still be one: ''.
        bool inWord = false;
        int at = 0;
        problem = null;
        while (at < command.Length && problem is null)
        {
            char c = command[at];
            if (c is ' ' or '\t' or '\n' or '\r')
            {
                if (inWord)
                    found.Add(word.ToString());
                word.Clear();
                inWord = false;
                at++;
                continue;
            }
            if (c == '#' && !inWord)
            {
                int end = command.IndexOf('\n', at);
                at = end < 0 ? command.Length : end;
                continue;
            }
            // A line that is continued by a backslash is one line: the two characters vanish and begin no word.
            if (c != '\\' || at + 1 >= command.Length || command[at + 1] != '\n')
                inWord = true;
            problem = c switch
            {
                '\'' => ReadSingleQuoted(command, ref at, word),
                '"' => ReadDoubleQuoted(command, ref at, word),
                '\\' => ReadEscaped(command, ref at, word),
                _ => ReadPlain(command, ref at, word),
            };
        }
        if (inWord)
            found.Add(word.ToString());
        words = problem is null ? found : [];
        return problem is null;
    }

    private static string? ReadPlain(string command, ref int at, StringBuilder word)
    {
        word.Append(command[at++]);
        return null;
    }

    private static string? ReadEscaped(string command, ref int at, StringBuilder word)
    {
        if (at + 1 >= command.Length)
            return "it ends with a backslash";
        if (command[at + 1] != '\n')
            word.Append(command[at + 1]);
        at += 2;
        return null;
    }

    private static string? ReadSingleQuoted(string command, ref int at, StringBuilder word)
    {
        int end = command.IndexOf('\'', at + 1);
        if (end < 0)
            return $"the single quote at character {at + 1} is not closed";
        word.Append(command, at + 1, end - at - 1);
        at = end + 1;
        return null;
    }

    private static string? ReadDoubleQuoted(string command, ref int at, StringBuilder word)
    {
        int start = at++;
        while (at < command.Length && command[at] != '"')
        {
            // Between double quotes a backslash protects only these; before others it stands for itself.
            if (command[at] == '\\' && at + 1 < command.Length && command[at + 1] is '"' or '\\' or '$' or '`' or '\n')
            {
                if (command[at + 1] != '\n')
                    word.Append(command[at + 1]);
                at += 2;
            }
            else
            {
                word.Append(command[at++]);
            }
        }
        if (at >= command.Length)
            return $"the double quote at character {start + 1} is not closed";
        at++;
        return null;
    }
}
