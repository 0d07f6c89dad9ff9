using System.Globalization;
using System.Text;

namespace Berth.Definitions.Toml;

/// <summary>Reads TOML's four kinds of strings. Each method begins at the opening quote and returns null after an error.</summary>
internal sealed class TomlStringReader(TomlCursor cursor)
{
    public string? Read()
    {
        if (!cursor.IsAt("\"\"\"") && !cursor.IsAt("'''"))
            return ReadSingleLine();
        var value = ReadMultiLine();
        if (value is null)
            cursor.GetLost();
        return value;
    }

    public string? ReadSingleLine()
    {
        int start = cursor.Offset;
        char quote = cursor.Current;
        cursor.Advance();
        var value = new StringBuilder();
        while (!cursor.TrySkip(quote))
        {
            if (cursor.AtEnd || cursor.AtNewline)
                return Fail(start, DefinitionMessages.TomlUnclosedString(quote.ToString()));
            if (!ReadCharacter(value, escapes: quote == '"'))
                return null;
        }
        return value.ToString();
    }

    private string? ReadMultiLine()
    {
        int start = cursor.Offset;
        char quote = cursor.Current;
        var fence = new string(quote, 3);
        cursor.Advance(3);
        cursor.TrySkipNewline();
        var value = new StringBuilder();
        while (!cursor.IsAt(fence))
        {
            if (cursor.AtEnd)
                return Fail(start, DefinitionMessages.TomlUnclosedString(fence));
            // Line ends become LF: a shell would take the CR of a file made on Windows for a part of the command.
            if (cursor.TrySkipNewline())
                value.Append('\n');
            else if (quote == '"' && SkipLineContinuation())
                continue;
            else if (!ReadCharacter(value, escapes: quote == '"'))
                return null;
        }
        cursor.Advance(3);
        // Up to two quotes may stand before the closing three.
        for (int i = 0; i < 2 && cursor.TrySkip(quote); i++)
            value.Append(quote);
        return value.ToString();
    }

    private bool ReadCharacter(StringBuilder value, bool escapes)
    {
        if (TomlCursor.IsControl(cursor.Current))
            return cursor.Fail(DefinitionMessages.TomlControlCharacter(cursor.Current, "a string"));
        if (escapes && cursor.Current == '\\')
            return ReadEscape(value);
        value.Append(cursor.Current);
        cursor.Advance();
        return true;
    }

    /// <summary>A backslash at a line's end eats it and all blanks and line ends that follow.</summary>
    private bool SkipLineContinuation()
    {
        if (cursor.Current != '\\')
            return false;
        int ahead = 1;
        while (cursor.Peek(ahead) is ' ' or '\t')
            ahead++;
        if (cursor.Peek(ahead) != '\n' && !(cursor.Peek(ahead) == '\r' && cursor.Peek(ahead + 1) == '\n'))
            return false;
        cursor.Advance(ahead);
        while (cursor.TrySkipNewline())
            cursor.SkipBlanks();
        return true;
    }

    private bool ReadEscape(StringBuilder value)
    {
        char kind = cursor.Peek(1);
        if (kind is 'u' or 'U')
            return ReadUnicodeEscape(value, digits: kind == 'u' ? 4 : 8);
        char? escaped = kind switch
        {
            'b' => '\b',
            't' => '\t',
            'n' => '\n',
            'f' => '\f',
            'r' => '\r',
            '"' => '"',
            '\\' => '\\',
            _ => null,
        };
        if (escaped is null)
            return cursor.Fail(DefinitionMessages.TomlBadEscape(kind));
        value.Append(escaped.Value);
        cursor.Advance(2);
        return true;
    }

    private bool ReadUnicodeEscape(StringBuilder value, int digits)
    {
        int start = cursor.Offset;
        cursor.Advance(2);
        int digitsStart = cursor.Offset;
        while (cursor.Offset < digitsStart + digits && char.IsAsciiHexDigit(cursor.Current))
            cursor.Advance();
        var hex = cursor.Slice(digitsStart);
        if (hex.Length < digits || !uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !Rune.IsValid(code))
            return cursor.FailAt(start, DefinitionMessages.TomlBadUnicode(cursor.Slice(start), digits));
        value.Append(new Rune(code).ToString());
        return true;
    }

    private string? Fail(int offset, Problem problem)
    {
        cursor.FailAt(offset, problem);
        return null;
    }
}
