using System.Text;

namespace Berth.Router.Http1;

/// <summary>Comparing and reading the small words of heads. Pure.</summary>
public static class Tokens
{
    public static bool Is(ReadOnlySpan<byte> token, ReadOnlySpan<byte> other) => Ascii.EqualsIgnoreCase(token, other);

    /// <summary>Whether a list of comma-separated values has one that begins with <paramref name="prefix"/>.</summary>
    public static bool ListHasPrefix(ReadOnlySpan<byte> list, ReadOnlySpan<byte> prefix)
    {
        foreach (var part in list.Split((byte)','))
        {
            var token = list[part].Trim(" \t"u8);
            if (token.Length >= prefix.Length && Is(token[..prefix.Length], prefix))
                return true;
        }
        return false;
    }

    /// <summary>A Content-Length: digits and nothing else, so few that it cannot overflow.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> value, out long length)
    {
        length = 0;
        if (value.Length is 0 or > 18)
            return false;
        foreach (var digit in value)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            length = length * 10 + (digit - '0');
        }
        return true;
    }
}
