using System.Buffers.Text;
using System.Text;

namespace Berth.Router.Http1;

/// <summary>
/// The cookie by which a client stays with one of the two releases of a split route: a number below <see cref="Numbers"/>, of which the other release has the lowest. It is given only
/// where a route is split, and ends with the browser's session. Pure.
/// </summary>
public static class SplitCookie
{
    /// <summary>One for each hundredth of the requests.</summary>
    public const int Numbers = 100;

    /// <summary>No number.</summary>
    public const int None = -1;

    private static readonly string[] Values = [.. Enumerable.Range(0, Numbers).Select(number => $"berth_split={number}; Path=/; HttpOnly; SameSite=Lax")];

    private static readonly byte[][] Lines = [.. Values.Select(value => Encoding.ASCII.GetBytes($"Set-Cookie: {value}\r\n"))];

    public static ReadOnlySpan<byte> Name => "berth_split"u8;

    /// <summary>What a Set-Cookie field says to a client that is given the number.</summary>
    public static string Value(int number) => Values[number];

    /// <summary>The whole field, with its end; empty for <see cref="None"/>.</summary>
    public static ReadOnlySpan<byte> Line(int number) => number == None ? default : Lines[number];

    /// <summary>The number in the value of a Cookie field.</summary>
    public static int Read(ReadOnlySpan<byte> value)
    {
        foreach (var part in value.Split((byte)';'))
        {
            var pair = value[part].Trim(" \t"u8);
            if (pair.StartsWith(Name) && pair.Length > Name.Length && pair[Name.Length] == '='
                && Utf8Parser.TryParse(pair[(Name.Length + 1)..], out byte number, out int read) && read == pair.Length - Name.Length - 1 && number < Numbers)
                return number;
        }
        return None;
    }

    /// <summary>The same for values in Latin-1 characters.</summary>
    public static int Read(IEnumerable<string?> values) => values.Select(value => Read(Encoding.Latin1.GetBytes(value ?? ""))).FirstOrDefault(number => number != None, None);
}
