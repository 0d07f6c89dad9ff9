using System.Globalization;

namespace Berth.Definitions.Toml;

/// <summary>Reads values that stand without quotes: booleans, numbers, dates and times. Null after an error.</summary>
internal sealed class TomlScalarReader(TomlCursor cursor)
{
    public TomlValue? Read()
    {
        int start = cursor.Offset;
        SkipWord();
        // "1979-05-27 07:32:00": the one value with a blank in it.
        if (cursor.Offset - start == 10 && cursor.Current == ' ' && char.IsAsciiDigit(cursor.Peek(1)) && TomlDateTimes.LooksLike(cursor.Slice(start)))
        {
            cursor.Advance();
            SkipWord();
        }
        var word = cursor.Slice(start);
        if (word.Length == 0)
            return Fail(start, DefinitionMessages.TomlValueExpected(cursor));
        if (word is "true" or "false")
            return new TomlBoolean(start, word == "true");
        if (TomlDateTimes.LooksLike(word))
        {
            return TomlDateTimes.Read(start, word) is { } dateTime
                ? dateTime
                : Fail(start, DefinitionMessages.TomlBadDateTime(word));
        }
        return ReadNumber(start, word);
    }

    private void SkipWord()
    {
        while (!cursor.AtEnd && cursor.Current is not (' ' or '\t' or '\r' or '\n' or ',' or ']' or '}' or '#' or '='))
            cursor.Advance();
    }

    private TomlValue? ReadNumber(int start, string word)
    {
        if (word.TrimStart('+', '-') is "inf" or "nan" && word.Length <= 4)
            return new TomlFloat(start, word.EndsWith('n') ? double.NaN : word[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity);
        if (!char.IsAsciiDigit(word[0]) && word[0] is not ('+' or '-' or '.' or '_'))
            return Fail(start, DefinitionMessages.TomlBareWord(word));
        if (word.Length > 2 && word[0] == '0' && word[1] is 'x' or 'o' or 'b')
            return ReadPrefixed(start, word);
        if (TomlNumbers.IsInteger(word))
        {
            return long.TryParse(word.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
                ? new TomlInteger(start, integer)
                : Fail(start, DefinitionMessages.TomlIntegerRange(word));
        }
        if (TomlNumbers.IsFloat(word))
            return new TomlFloat(start, double.Parse(word.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture));
        return Fail(start, DefinitionMessages.TomlBadNumber(word));
    }

    private TomlInteger? ReadPrefixed(int start, string word)
    {
        int radix = word[1] switch { 'x' => 16, 'o' => 8, _ => 2 };
        if (!TomlNumbers.IsDigits(word.AsSpan(2), radix))
        {
            Fail(start, DefinitionMessages.TomlBadNumber(word));
            return null;
        }
        long value = 0;
        foreach (char c in word.AsSpan(2))
        {
            if (c == '_')
                continue;
            if (value > (long.MaxValue - TomlNumbers.Digit(c)) / radix)
            {
                Fail(start, DefinitionMessages.TomlIntegerRange(word));
                return null;
            }
            value = value * radix + TomlNumbers.Digit(c);
        }
        return new TomlInteger(start, value);
    }

    private TomlValue? Fail(int offset, Problem problem)
    {
        cursor.FailAt(offset, problem);
        return null;
    }
}
