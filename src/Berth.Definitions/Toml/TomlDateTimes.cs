namespace Berth.Definitions.Toml;

/// <summary>Reads RFC 3339 dates and times.</summary>
internal static class TomlDateTimes
{
    /// <summary>Begins like a date (<c>1979-</c>) or a time (<c>07:</c>): then nothing else can be meant.</summary>
    public static bool LooksLike(ReadOnlySpan<char> word) =>
        (word.Length > 4 && word[4] == '-' && AllDigits(word[..4])) || (word.Length > 2 && word[2] == ':' && AllDigits(word[..2]));

    /// <summary>Null if it is none.</summary>
    public static TomlDateTime? Read(int offset, string word)
    {
        ReadOnlySpan<char> rest = word;
        if (rest[2] == ':')
            return SkipTime(ref rest) && rest.Length == 0 ? new TomlDateTime(offset, TomlDateTimeKind.LocalTime, word) : null;
        if (!SkipDate(ref rest))
            return null;
        if (rest.Length == 0)
            return new TomlDateTime(offset, TomlDateTimeKind.LocalDate, word);
        if (rest[0] is not ('T' or 't' or ' '))
            return null;
        rest = rest[1..];
        if (!SkipTime(ref rest))
            return null;
        var text = string.Concat(word.AsSpan(0, 10), "T", word.AsSpan(11).ToString().ToUpperInvariant());
        if (rest.Length == 0)
            return new TomlDateTime(offset, TomlDateTimeKind.LocalDateTime, text);
        return IsZone(rest) ? new TomlDateTime(offset, TomlDateTimeKind.OffsetDateTime, text) : null;
    }

    private static bool SkipDate(ref ReadOnlySpan<char> text)
    {
        if (text.Length < 10 || text[7] != '-' || !AllDigits(text[5..7]) || !AllDigits(text[8..10]))
            return false;
        int year = Number(text[..4]), month = Number(text[5..7]), day = Number(text[8..10]);
        text = text[10..];
        // The calendar repeats every 400 years; .NET's begins with the year 1.
        return month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year == 0 ? 400 : year, month);
    }

    private static bool SkipTime(ref ReadOnlySpan<char> text)
    {
        if (text.Length < 8 || text[2] != ':' || text[5] != ':' || !AllDigits(text[..2]) || !AllDigits(text[3..5]) || !AllDigits(text[6..8]))
            return false;
        // 60 is a leap second.
        if (Number(text[..2]) > 23 || Number(text[3..5]) > 59 || Number(text[6..8]) > 60)
            return false;
        text = text[8..];
        if (text.Length == 0 || text[0] != '.')
            return true;
        int digits = 1;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            digits++;
        text = text[digits..];
        return digits > 1;
    }

    private static bool IsZone(ReadOnlySpan<char> text) =>
        text is "Z" or "z"
        || (text.Length == 6 && text[0] is '+' or '-' && text[3] == ':'
            && AllDigits(text[1..3]) && AllDigits(text[4..6]) && Number(text[1..3]) <= 23 && Number(text[4..6]) <= 59);

    private static bool AllDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    private static int Number(ReadOnlySpan<char> digits) => int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
}
