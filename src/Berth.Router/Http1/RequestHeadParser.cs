using System.Buffers;

namespace Berth.Router.Http1;

/// <summary>
/// Reads a request's head by RFC 9112 and refuses all that two readers could take for two things. Pure; one pass over the bytes, none of
/// which is copied.
/// </summary>
public static class RequestHeadParser
{
    private static readonly SearchValues<byte> TargetBytes = SearchValues.Create([.. Enumerable.Range(0x21, 0x7e - 0x21 + 1).Select(c => (byte)c)]);

    private static readonly SearchValues<byte> HostBytes =
        SearchValues.Create("!$&'()-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> AddressBytes = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    /// <summary>Where the head that <paramref name="bytes"/> begin with ends, its empty line included; -1 while it does not.</summary>
    public static int FindEnd(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf("\r\n\r\n"u8);
        return end < 0 ? -1 : end + 4;
    }

    /// <summary>Null, or why the request is refused. <paramref name="head"/> is whole: it ends in its empty line.</summary>
    public static HeadFault? Parse(ReadOnlySpan<byte> head, RouterOptions options, RequestHead result)
    {
        if (HeaderLines.HasStrayControl(head))
            return new HeadFault(400, RouterMessages.ControlCharacter);
        if (ParseRequestLine(head, options, result, out int linesStart, out var authority) is { } badLine)
            return badLine;
        return result.Lines.Read(head, linesStart, options.MaxRequestHeaders)
            ?? ReadFields(head, result)
            ?? CheckHost(head, result, authority)
            ?? CheckFraming(head, result);
    }

    private static HeadFault? ParseRequestLine(ReadOnlySpan<byte> head, RouterOptions options, RequestHead result, out int linesStart, out Range authority)
    {
        authority = default;
        int end = head.IndexOf((byte)'\r');
        linesStart = end + 2;
        if (end > options.MaxRequestLineBytes)
            return new HeadFault(414, RouterMessages.LineTooLong(options.MaxRequestLineBytes));
        var line = head[..end];
        int afterMethod = line.IndexOf((byte)' ');
        int beforeVersion = line.LastIndexOf((byte)' ');
        if (afterMethod < 0 || beforeVersion == afterMethod)
            return new HeadFault(400, RouterMessages.BadRequestLine);
        var method = line[..afterMethod];
        var version = line[(beforeVersion + 1)..];
        if (!FieldNames.IsToken(method))
            return new HeadFault(400, RouterMessages.BadRequestLine);
        if (version.Length != 8 || !version.StartsWith("HTTP/"u8) || !char.IsAsciiDigit((char)version[5]) || version[6] != '.' || !char.IsAsciiDigit((char)version[7]))
            return new HeadFault(400, RouterMessages.BadRequestLine);
        if (version[5] != '1' || version[7] > '1')
            return new HeadFault(505, RouterMessages.OtherVersion);
        result.MinorVersion = version[7] - '0';
        result.Method = ..afterMethod;
        result.IsHead = method.SequenceEqual("HEAD"u8);
        result.IsIdempotent = result.IsHead || method.SequenceEqual("GET"u8) || method.SequenceEqual("OPTIONS"u8) || method.SequenceEqual("PUT"u8)
            || method.SequenceEqual("DELETE"u8) || method.SequenceEqual("TRACE"u8);
        if (method.SequenceEqual("CONNECT"u8))
            return new HeadFault(400, RouterMessages.NoConnect);
        return ParseTarget(line, (afterMethod + 1)..beforeVersion, result, out authority);
    }

    private static HeadFault? ParseTarget(ReadOnlySpan<byte> line, Range range, RequestHead result, out Range authority)
    {
        authority = default;
        var (start, length) = range.GetOffsetAndLength(line.Length);
        var target = line.Slice(start, length);
        if (target.IsEmpty || target.ContainsAnyExcept(TargetBytes))
            return new HeadFault(400, RouterMessages.NoTarget);
        result.Target = range;
        if (target[0] == '/')
            return null;
        int schemeLength = Tokens.Is(target[..Math.Min(7, length)], "http://"u8) ? 7 : Tokens.Is(target[..Math.Min(8, length)], "https://"u8) ? 8 : 0;
        if (schemeLength == 0)
            return new HeadFault(400, RouterMessages.NoTarget);
        int path = target[schemeLength..].IndexOfAny("/?#"u8);
        int authorityEnd = path < 0 ? length : schemeLength + path;
        if (authorityEnd == schemeLength)
            return new HeadFault(400, RouterMessages.NoTarget);
        authority = (start + schemeLength)..(start + authorityEnd);
        result.Target = (start + authorityEnd)..(start + length);
        return null;
    }

    private static HeadFault? ReadFields(ReadOnlySpan<byte> head, RequestHead result)
    {
        result.HasHost = result.Chunked = result.ExpectsContinue = result.AcceptsHtml = false;
        result.Host = result.UpgradeTo = default;
        result.ContentLength = -1;
        bool hasUpgrade = false;
        foreach (ref readonly var line in result.Lines.All)
        {
            switch (line.Field)
            {
                case Field.Host when result.HasHost:
                    return new HeadFault(400, RouterMessages.TwoHosts);
                case Field.Host:
                    result.HasHost = true;
                    result.Host = line.ValueStart..line.ValueEnd;
                    break;
                case Field.ContentLength:
                    if (result.ContentLength >= 0 || !Tokens.TryReadLength(line.Value(head), out var length))
                        return new HeadFault(400, RouterMessages.BadLength);
                    result.ContentLength = length;
                    break;
                case Field.TransferEncoding when result.Chunked || !Tokens.Is(line.Value(head), "chunked"u8):
                    return new HeadFault(400, RouterMessages.OtherCoding);
                case Field.TransferEncoding:
                    result.Chunked = true;
                    break;
                case Field.Disguised:
                    return new HeadFault(400, RouterMessages.DisguisedHeader);
                case Field.Upgrade when !hasUpgrade:
                    hasUpgrade = true;
                    result.UpgradeTo = line.ValueStart..line.ValueEnd;
                    break;
                case Field.Expect:
                    result.ExpectsContinue |= Tokens.Is(line.Value(head), "100-continue"u8);
                    break;
                case Field.Accept:
                    result.AcceptsHtml |= Tokens.ListHasPrefix(line.Value(head), "text/html"u8);
                    break;
            }
        }
        if (!result.Lines.ReadConnection(head, out var connection))
            return new HeadFault(400, RouterMessages.TooManyNominated);
        result.KeepAlive = !connection.Close && (result.MinorVersion == 1 || connection.KeepAlive);
        // h2c would make a tunnel to the sandbox through which requests go that the router never sees.
        result.Upgrade = connection.Upgrade && hasUpgrade && result.MinorVersion == 1 && !result.HasBody && !Tokens.ListHasPrefix(head[result.UpgradeTo], "h2"u8);
        return null;
    }

    private static HeadFault? CheckHost(ReadOnlySpan<byte> head, RequestHead result, Range authority)
    {
        if (!result.HasHost && result.MinorVersion == 1)
            return new HeadFault(400, RouterMessages.NoHost);
        var host = head[result.Host];
        if (!IsHost(host))
            return new HeadFault(400, RouterMessages.BadHost);
        if (authority.Equals(default))
            return null;
        // Who speaks of two hosts in one request could have it routed by the one and served by the other.
        var target = head[authority];
        if (!Tokens.Is(target, host) && !Tokens.Is(WithoutDefaultPort(target), WithoutDefaultPort(host)))
            return new HeadFault(400, RouterMessages.OtherHostInTarget);
        return null;
    }

    /// <summary>A name or an address in brackets, then perhaps a port; or nothing at all.</summary>
    private static bool IsHost(ReadOnlySpan<byte> host)
    {
        var port = ReadOnlySpan<byte>.Empty;
        if (host.StartsWith("["u8))
        {
            int close = host.IndexOf((byte)']');
            if (close < 3 || host[1..close].ContainsAnyExcept(AddressBytes))
                return false;
            port = host[(close + 1)..];
        }
        else
        {
            int colon = host.IndexOf((byte)':');
            var name = colon < 0 ? host : host[..colon];
            if (name.ContainsAnyExcept(HostBytes) || (name.IsEmpty && colon >= 0))
                return false;
            port = colon < 0 ? port : host[colon..];
        }
        return port.IsEmpty || (port[0] == ':' && port.Length <= 6 && !port[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
    }

    private static ReadOnlySpan<byte> WithoutDefaultPort(ReadOnlySpan<byte> host) => host.EndsWith(":80"u8) ? host[..^3] : host.EndsWith(":443"u8) ? host[..^4] : host;

    private static HeadFault? CheckFraming(ReadOnlySpan<byte> head, RequestHead result)
    {
        if (result.Chunked && result.ContentLength >= 0)
            return new HeadFault(400, RouterMessages.LengthAndCoding);
        if (result.Chunked && result.MinorVersion == 0)
            return new HeadFault(400, RouterMessages.CodingInOldVersion);
        return null;
    }
}
