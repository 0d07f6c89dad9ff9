namespace Berth.Router.Http1;

/// <summary>Writes the head that the client gets: the sandbox's, without what is for one hop, and with what the router says of its own connection. Pure.</summary>
public static class ResponseHeadWriter
{
    /// <summary>What a head grows by at most, beside the protocol that a 101 names a second time.</summary>
    public const int MaxGrowth = 128;

    /// <param name="connection">Said of the client's connection: empty, <c>close</c> or <c>keep-alive</c>.</param>
    /// <param name="split">Of <see cref="SplitCookie.Line"/>.</param>
    /// <param name="date">For a response that has none.</param>
    public static int Write(ReadOnlySpan<byte> head, ResponseHead response, ReadOnlySpan<byte> connection, ReadOnlySpan<byte> split, ReadOnlySpan<byte> date, Span<byte> space)
    {
        var writer = new HeadWriter(space);
        writer.Write("HTTP/1.1"u8);
        writer.Write(head[response.StatusAndReason]);
        writer.WriteKept(head, response.Lines.All);
        writer.Write(split);
        if (response.Status == 101)
        {
            writer.Write("Connection: Upgrade\r\nUpgrade: "u8);
            writer.Write(head[response.UpgradeTo]);
            writer.Write("\r\n"u8);
        }
        else if (!connection.IsEmpty)
        {
            writer.Write("Connection: "u8);
            writer.Write(connection);
            writer.Write("\r\n"u8);
        }
        if (!response.HasDate && response.Status >= 200)
        {
            writer.Write("Date: "u8);
            writer.Write(date);
            writer.Write("\r\n"u8);
        }
        writer.Write("\r\n"u8);
        return writer.Length;
    }
}
