namespace Berth.Router.Routing;

/// <summary>A request's path as routes look at it. It goes to the app as it came. Pure.</summary>
public static class RequestPath
{
    /// <summary>The path of a target, without query; a slash where there is none.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> target)
    {
        int end = target.IndexOfAny((byte)'?', (byte)'#');
        var path = end < 0 ? target : target[..end];
        return path.IsEmpty ? "/"u8 : path;
    }

    /// <summary>Whether some servers would take it for another path: it has encoded characters, empty segments, segments of dots, backslashes or parameters.</summary>
    public static bool MayReadDifferently(ReadOnlySpan<byte> path) =>
        path.ContainsAny((byte)'%', (byte)'\\', (byte)';') || path.IndexOf("//"u8) >= 0 || path.IndexOf("/."u8) >= 0;

    /// <summary>The path as the most helpful of servers would read it. Returns the length, at most one more than the path's.</summary>
    public static int Normalize(ReadOnlySpan<byte> path, Span<byte> plain)
    {
        int length = 0;
        int at = 0;
        plain[length++] = (byte)'/';
        int segmentStart = length;
        while (at <= path.Length)
        {
            var character = at < path.Length ? Decode(path, ref at) : End(ref at);
            if (character is not ((byte)'/' or (byte)'\\'))
            {
                plain[length++] = character;
                continue;
            }
            length = EndSegment(plain, segmentStart, length, isLast: at > path.Length);
            segmentStart = length;
        }
        return length > 1 && plain[length - 1] == '/' && !path.EndsWith("/"u8) ? length - 1 : length;
    }

    private static byte End(ref int at)
    {
        at++;
        return (byte)'/';
    }

    private static byte Decode(ReadOnlySpan<byte> path, ref int at)
    {
        var character = path[at++];
        if (character != '%' || at + 2 > path.Length || !char.IsAsciiHexDigit((char)path[at]) || !char.IsAsciiHexDigit((char)path[at + 1]))
            return character;
        at += 2;
        return (byte)(Value(path[at - 2]) * 16 + Value(path[at - 1]));
    }

    private static int Value(byte digit) => char.IsAsciiDigit((char)digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;

    /// <summary>Puts the slash after a segment, or takes the segment back: it was empty, or made of dots. Returns the new length.</summary>
    private static int EndSegment(Span<byte> plain, int start, int length, bool isLast)
    {
        var segment = plain[start..length];
        int parameters = segment.IndexOf((byte)';');
        if (parameters >= 0)
            segment = segment[..parameters];
        if (segment.IsEmpty || segment.SequenceEqual("."u8))
            return start;
        if (segment.SequenceEqual(".."u8))
            return start == 1 ? 1 : plain[..(start - 1)].LastIndexOf((byte)'/') + 1;
        length = start + segment.Length;
        if (isLast)
            return length;
        plain[length] = (byte)'/';
        return length + 1;
    }
}
