namespace Berth.Router.Http1;

/// <summary>Writes the head that the sandbox gets: the client's, without what is for one hop or none of the sandbox's business, and with what the router says of the client. Pure.</summary>
public static class RequestHeadWriter
{
    private const int MaxRequestIdLength = 128;

    /// <summary>No head becomes longer than this.</summary>
    public static int MaxLength(int headLength) => headLength * 2 + 512;

    /// <summary>Returns the length. Marks lines of <paramref name="request"/> as dropped.</summary>
    public static int Write(ReadOnlySpan<byte> head, RequestHead request, ClientFacts client, Span<byte> space)
    {
        var writer = new HeadWriter(space);
        WriteRequestLine(ref writer, head, request);
        if (!request.HasHost)
            writer.Write("Host: \r\n"u8);
        var lines = request.Lines.All;
        WriteCookies(ref writer, head, lines);
        if (client.Trusted)
            WriteWithTrusted(ref writer, head, request, client);
        else
            WriteWithUntrusted(ref writer, head, request, client);
        if (request.Upgrade)
        {
            writer.Write("Connection: Upgrade\r\nUpgrade: "u8);
            writer.Write(head[request.UpgradeTo]);
            writer.Write("\r\n"u8);
        }
        writer.Write("\r\n"u8);
        return writer.Length;
    }

    private static void WriteRequestLine(ref HeadWriter writer, ReadOnlySpan<byte> head, RequestHead request)
    {
        writer.Write(head[request.Method]);
        writer.Write(" "u8);
        var target = head[request.Target];
        if (target.IsEmpty || target[0] != '/')
            writer.Write("/"u8);
        writer.Write(target);
        // Who speaks HTTP/1.0 cannot be given chunks, so the sandbox must not send any.
        writer.Write(request.MinorVersion == 0 ? " HTTP/1.0\r\n"u8 : " HTTP/1.1\r\n"u8);
    }

    private static void WriteCookies(ref HeadWriter writer, ReadOnlySpan<byte> head, Span<HeaderLine> lines)
    {
        foreach (ref var line in lines)
        {
            if (line.Field != Field.Cookie || line.Dropped || !OwnCookies.MayBeIn(line.Value(head)))
                continue;
            line.Dropped = true;
            var value = line.Value(head);
            var rest = new byte[value.Length * 2];
            int length = OwnCookies.Strip(value, rest);
            if (length == 0)
                continue;
            writer.Write("Cookie: "u8);
            writer.Write(rest.AsSpan(0, length));
            writer.Write("\r\n"u8);
        }
    }

    private static void WriteWithUntrusted(ref HeadWriter writer, ReadOnlySpan<byte> head, RequestHead request, ClientFacts client)
    {
        foreach (ref var line in request.Lines.All)
            line.Dropped |= FieldNames.SpeaksOfClient(line.Field);
        writer.WriteKept(head, request.Lines.All);
        writer.Write(client.Block);
        writer.Write(head[request.Host]);
        writer.Write("\r\n"u8);
        WriteRequestId(ref writer, client);
    }

    private static void WriteWithTrusted(ref HeadWriter writer, ReadOnlySpan<byte> head, RequestHead request, ClientFacts client)
    {
        bool proto = false, host = false, id = false;
        writer.Write("X-Forwarded-For: "u8);
        foreach (ref var line in request.Lines.All)
        {
            switch (line.Field)
            {
                case Field.ForwardedFor:
                    line.Dropped = true;
                    writer.Write(line.Value(head));
                    writer.Write(", "u8);
                    break;
                case Field.ForwardedProto:
                    proto = true;
                    break;
                case Field.ForwardedHost:
                    host = true;
                    break;
                case Field.RequestId:
                    line.Dropped = id || !IsSane(line.Value(head));
                    id |= !line.Dropped;
                    break;
            }
        }
        writer.Write(client.Peer);
        writer.Write("\r\n"u8);
        writer.WriteKept(head, request.Lines.All);
        if (!proto)
        {
            writer.Write("X-Forwarded-Proto: "u8);
            writer.Write(client.Scheme);
            writer.Write("\r\n"u8);
        }
        if (!host)
        {
            writer.Write("X-Forwarded-Host: "u8);
            writer.Write(head[request.Host]);
            writer.Write("\r\n"u8);
        }
        if (!id)
            WriteRequestId(ref writer, client);
    }

    private static void WriteRequestId(ref HeadWriter writer, ClientFacts client)
    {
        var (high, low) = client.NextRequestId();
        writer.Write("X-Request-Id: "u8);
        writer.WriteHex(high);
        writer.WriteHex(low);
        writer.Write("\r\n"u8);
    }

    /// <summary>Whether it can be an id, so that it can stand in logs.</summary>
    public static bool IsSane(ReadOnlySpan<byte> id)
    {
        foreach (var character in id)
        {
            if (!char.IsAsciiLetterOrDigit((char)character) && character is not ((byte)'-' or (byte)'_' or (byte)'.' or (byte)'+' or (byte)'/' or (byte)'=' or (byte)':'))
                return false;
        }
        return id.Length is > 0 and <= MaxRequestIdLength;
    }
}
