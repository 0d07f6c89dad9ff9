namespace Berth.Definitions.Toml;

/// <summary>The forms that TOML allows for numbers; .NET's own parsers allow more.</summary>
internal static class TomlNumbers
{
    /// <summary>A sign, then 0 or digits that do not begin with 0.</summary>
    public static bool IsInteger(ReadOnlySpan<char> text)
    {
        text = WithoutSign(text);
        return IsDigits(text, 10) && (text.Length == 1 || text[0] != '0');
    }

    /// <summary>An integer, then a fraction, an exponent or both.</summary>
    public static bool IsFloat(ReadOnlySpan<char> text)
    {
        int exponent = text.IndexOfAny('e', 'E');
        if (exponent >= 0)
        {
            if (!IsDigits(WithoutSign(text[(exponent + 1)..]), 10))
                return false;
            text = text[..exponent];
        }
        int point = text.IndexOf('.');
        if (point < 0)
            return exponent >= 0 && IsInteger(text);
        return IsInteger(text[..point]) && IsDigits(text[(point + 1)..], 10);
    }

    /// <summary>At least one digit; underscores only between digits.</summary>
    public static bool IsDigits(ReadOnlySpan<char> text, int radix)
    {
        bool afterDigit = false;
        foreach (char c in text)
        {
            bool digit = Digit(c) < radix;
            if (!digit && !(c == '_' && afterDigit))
                return false;
            afterDigit = digit;
        }
        return afterDigit;
    }

    /// <summary>Its value as a hexadecimal digit; 16 and more for any other character.</summary>
    public static int Digit(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => 16,
    };

    private static ReadOnlySpan<char> WithoutSign(ReadOnlySpan<char> text) => text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
}
