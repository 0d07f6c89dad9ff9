namespace Berth.Router.Http1;

/// <summary>How the end of a response's body is found.</summary>
public enum BodyEnd
{
    None,
    Length,
    Chunks,

    /// <summary>The sandbox closes: nothing tells a whole body from one that broke off, but a reset.</summary>
    Close,
}

/// <summary>A response's head, read as strictly as a request's: a sandbox that is understood otherwise by router and client can have one client given another's answer.</summary>
public sealed class ResponseHead
{
    public HeaderLines Lines { get; } = new();

    public int Status { get; private set; }

    /// <summary>From the status on to the line's end, CRLF included: <c> 200 OK</c>.</summary>
    public Range StatusAndReason { get; private set; }

    public long ContentLength { get; private set; }

    public BodyEnd BodyEnd { get; private set; }

    /// <summary>The sandbox lets the connection be used again.</summary>
    public bool KeepAlive { get; private set; }

    public bool HasDate { get; private set; }

    public Range UpgradeTo { get; private set; }

    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>False: it is no response, or one whose end is uncertain. <paramref name="head"/> is whole.</summary>
    public bool TryParse(ReadOnlySpan<byte> head, bool answersHead, int maxCount)
    {
        if (HeaderLines.HasStrayControl(head) || !TryParseStatusLine(head, out int minor, out int linesStart))
            return false;
        if (Lines.Read(head, linesStart, maxCount) is not null || !TryReadFields(head, minor, out bool chunked))
            return false;
        BodyEnd = answersHead || Status is 204 or 304 or < 200 ? BodyEnd.None
            : chunked ? BodyEnd.Chunks
            : ContentLength > 0 ? BodyEnd.Length
            : ContentLength == 0 ? BodyEnd.None
            : BodyEnd.Close;
        return true;
    }

    private bool TryParseStatusLine(ReadOnlySpan<byte> head, out int minor, out int linesStart)
    {
        int end = head.IndexOf((byte)'\r');
        linesStart = end + 2;
        minor = 0;
        var line = head[..end];
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[7] is not ((byte)'0' or (byte)'1') || line[8] != ' ' || (line.Length > 12 && line[12] != ' '))
            return false;
        minor = line[7] - '0';
        if (line[9..12].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        Status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
        StatusAndReason = 8..linesStart;
        return Status >= 100;
    }

    private bool TryReadFields(ReadOnlySpan<byte> head, int minor, out bool chunked)
    {
        chunked = HasDate = false;
        ContentLength = -1;
        UpgradeTo = default;
        foreach (ref var line in Lines.All)
        {
            switch (line.Field)
            {
                case Field.ContentLength:
                    if (ContentLength >= 0 || !Tokens.TryReadLength(line.Value(head), out var length))
                        return false;
                    ContentLength = length;
                    line.Dropped = Status is 204 or < 200;
                    break;
                case Field.TransferEncoding:
                    if (chunked || minor == 0 || !Tokens.Is(line.Value(head), "chunked"u8))
                        return false;
                    chunked = true;
                    line.Dropped = Status is 204 or < 200;
                    break;
                case Field.Date:
                    HasDate = true;
                    break;
                case Field.Upgrade:
                    UpgradeTo = line.ValueStart..line.ValueEnd;
                    break;
            }
        }
        if (!Lines.ReadConnection(head, out var connection))
            return false;
        KeepAlive = minor == 1 && !connection.Close;
        return !(chunked && ContentLength >= 0);
    }
}
