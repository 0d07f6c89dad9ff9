using System.Buffers;

namespace Berth.Router.Http1;

/// <summary>One header field of a head, as positions in the head's bytes.</summary>
public struct HeaderLine
{
    public int Start;
    public int NameLength;

    /// <summary>The value, without the blanks around it.</summary>
    public int ValueStart;
    public int ValueEnd;

    /// <summary>After the line's CRLF.</summary>
    public int End;
    public Field Field;

    /// <summary>Not to go on to the other side.</summary>
    public bool Dropped;

    public readonly ReadOnlySpan<byte> Name(ReadOnlySpan<byte> head) => head.Slice(Start, NameLength);

    public readonly ReadOnlySpan<byte> Value(ReadOnlySpan<byte> head) => head[ValueStart..ValueEnd];
}

/// <summary>What the <c>Connection</c> fields of a head say.</summary>
public struct ConnectionOptions
{
    public bool Close;
    public bool KeepAlive;
    public bool Upgrade;
}

/// <summary>
/// The header fields of one head, read as RFC 9112 says and no wider: each line ends in CRLF, names are tokens directly before the colon,
/// values have no control characters, nothing is folded. Used for requests and responses, and again for the next.
/// </summary>
public sealed class HeaderLines
{
    /// <summary>Names in <c>Connection</c>; each is looked for among all lines, so their number must have a bound.</summary>
    private const int MaxNominated = 32;

    // All controls but the tab and those that end a line, which the lines themselves are searched for.
    private static readonly SearchValues<byte> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 32).Append(127).Where(c => c is not ('\t' or '\r' or '\n')).Select(c => (byte)c)]);

    private HeaderLine[] _lines = new HeaderLine[32];

    public int Count { get; private set; }

    public Span<HeaderLine> All => _lines.AsSpan(0, Count);

    /// <summary>Whether bytes have a control character, or a CR or LF that stands alone: then no head that begins with them can be valid.</summary>
    public static bool HasStrayControl(ReadOnlySpan<byte> bytes)
    {
        if (bytes.ContainsAny(Controls))
            return true;
        for (int at = 0; bytes[at..].IndexOfAny((byte)'\r', (byte)'\n') is var next and >= 0; at += next + 2)
        {
            var end = bytes[(at + next)..];
            if (end[0] == '\n')
                return true;
            if (end.Length == 1)
                return false;
            if (end[1] != '\n')
                return true;
        }
        return false;
    }

    /// <summary>
    /// Reads the lines of <paramref name="head"/> from <paramref name="start"/> to the empty line that ends it. Null, or what is wrong. The head must be free of
    /// stray controls.
    /// </summary>
    public HeadFault? Read(ReadOnlySpan<byte> head, int start, int maxCount)
    {
        Count = 0;
        int at = start;
        while (head[at] != '\r')
        {
            if (Count == maxCount)
                return new HeadFault(431, RouterMessages.TooManyHeaders(maxCount));
            int length = head[at..].IndexOf((byte)'\r');
            var line = head.Slice(at, length);
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
                return new HeadFault(400, RouterMessages.NoColon);
            if (!FieldNames.IsToken(line[..colon]))
                return new HeadFault(400, RouterMessages.BadHeaderName);
            Add(at, colon, line);
            at += length + 2;
        }
        return null;
    }

    /// <summary>What <c>Connection</c> says; drops the fields that it nominates, and those that are always for one hop. False: it nominates too many.</summary>
    public bool ReadConnection(ReadOnlySpan<byte> head, out ConnectionOptions options)
    {
        options = default;
        int nominated = 0;
        foreach (ref var line in All)
        {
            if (line.Field is Field.Connection or Field.OneHop or Field.Upgrade)
                line.Dropped = true;
            if (line.Field != Field.Connection)
                continue;
            foreach (var part in line.Value(head).Split((byte)','))
            {
                var token = line.Value(head)[part].Trim(" \t"u8);
                if (token.IsEmpty)
                    continue;
                if (Tokens.Is(token, "close"u8))
                    options.Close = true;
                else if (Tokens.Is(token, "keep-alive"u8))
                    options.KeepAlive = true;
                else if (Tokens.Is(token, "upgrade"u8))
                    options.Upgrade = true;
                else if (++nominated > MaxNominated)
                    return false;
                else
                    Drop(head, token);
            }
        }
        return true;
    }

    private void Add(int at, int colon, ReadOnlySpan<byte> line)
    {
        if (Count == _lines.Length)
            Array.Resize(ref _lines, Count * 2);
        int valueStart = colon + 1;
        int valueEnd = line.Length;
        while (valueStart < valueEnd && line[valueStart] is (byte)' ' or (byte)'\t')
            valueStart++;
        while (valueEnd > valueStart && line[valueEnd - 1] is (byte)' ' or (byte)'\t')
            valueEnd--;
        _lines[Count++] = new HeaderLine
        {
            Start = at,
            NameLength = colon,
            ValueStart = at + valueStart,
            ValueEnd = at + valueEnd,
            End = at + line.Length + 2,
            Field = FieldNames.Classify(line[..colon]),
        };
    }

    /// <summary>A head that nominated its own framing or host away would reach the other side as another one: those stay.</summary>
    private void Drop(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        foreach (ref var line in All)
        {
            if (line.Field is not (Field.Host or Field.ContentLength or Field.TransferEncoding) && Tokens.Is(line.Name(head), name))
                line.Dropped = true;
        }
    }
}
