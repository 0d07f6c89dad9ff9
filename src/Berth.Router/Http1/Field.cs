using System.Buffers;
using System.Text;

namespace Berth.Router.Http1;

/// <summary>What a header field is to the router, by its name.</summary>
public enum Field : byte
{
    /// <summary>Goes through untouched.</summary>
    Other,
    Host,
    ContentLength,
    TransferEncoding,
    Connection,
    Upgrade,
    Expect,
    Cookie,
    Accept,
    Authorization,
    Referer,
    UserAgent,
    Date,

    /// <summary>Of another name, but for this hop only.</summary>
    OneHop,
    ForwardedFor,
    ForwardedProto,
    ForwardedHost,
    RequestId,

    /// <summary>Says something of the client that only a trusted proxy may say.</summary>
    OfClient,

    /// <summary>Framing or Host, spelled with <c>_</c>: made to be taken for the real one by a server that cannot tell <c>_</c> from <c>-</c>.</summary>
    Disguised,
}

/// <summary>Names of header fields. Pure.</summary>
public static class FieldNames
{
    /// <summary>No name that the router acts on is longer.</summary>
    private const int LongestKnown = 32;

    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Whether it is a token (RFC 9110, 5.6.2), as names of fields and methods must be.</summary>
    public static bool IsToken(ReadOnlySpan<byte> name) => !name.IsEmpty && !name.ContainsAnyExcept(TokenBytes);

    public static Field Classify(ReadOnlySpan<byte> name)
    {
        var field = ClassifyExact(name);
        if (field != Field.Other || name.Length > LongestKnown || !name.Contains((byte)'_'))
            return field;
        Span<byte> plain = stackalloc byte[name.Length];
        name.Replace(plain, (byte)'_', (byte)'-');
        return ClassifyExact(plain) switch
        {
            Field.Host or Field.ContentLength or Field.TransferEncoding => Field.Disguised,
            Field.ForwardedFor or Field.ForwardedProto or Field.ForwardedHost or Field.RequestId or Field.OfClient => Field.OfClient,
            _ => Field.Other,
        };
    }

    /// <summary>The same for a name in characters, which must be ASCII to be anything but <see cref="Field.Other"/>.</summary>
    public static Field Classify(string name)
    {
        Span<byte> bytes = stackalloc byte[LongestKnown];
        // A longer name can only be known by its beginning.
        int length = Math.Min(name.Length, LongestKnown);
        return Ascii.FromUtf16(name.AsSpan(0, length), bytes, out int written) == OperationStatus.Done ? Classify(bytes[..written]) : Field.Other;
    }

    /// <summary>Whether the field says who the client is, in any spelling.</summary>
    public static bool SpeaksOfClient(Field field) =>
        field is Field.ForwardedFor or Field.ForwardedProto or Field.ForwardedHost or Field.RequestId or Field.OfClient;

    private static Field ClassifyExact(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when Is(name, "te"u8) => Field.OneHop,
        4 when Is(name, "host"u8) => Field.Host,
        4 when Is(name, "date"u8) => Field.Date,
        6 when Is(name, "accept"u8) => Field.Accept,
        6 when Is(name, "cookie"u8) => Field.Cookie,
        6 when Is(name, "expect"u8) => Field.Expect,
        7 when Is(name, "upgrade"u8) => Field.Upgrade,
        7 when Is(name, "referer"u8) => Field.Referer,
        9 when Is(name, "forwarded"u8) || Is(name, "x-real-ip"u8) => Field.OfClient,
        10 when Is(name, "connection"u8) => Field.Connection,
        10 when Is(name, "keep-alive"u8) => Field.OneHop,
        10 when Is(name, "user-agent"u8) => Field.UserAgent,
        12 when Is(name, "x-request-id"u8) => Field.RequestId,
        13 when Is(name, "authorization"u8) => Field.Authorization,
        14 when Is(name, "content-length"u8) => Field.ContentLength,
        14 when Is(name, "http2-settings"u8) => Field.OneHop,
        15 when Is(name, "x-forwarded-for"u8) => Field.ForwardedFor,
        16 when Is(name, "x-forwarded-host"u8) => Field.ForwardedHost,
        16 when Is(name, "proxy-connection"u8) => Field.OneHop,
        17 when Is(name, "transfer-encoding"u8) => Field.TransferEncoding,
        17 when Is(name, "x-forwarded-proto"u8) => Field.ForwardedProto,
        19 when Is(name, "proxy-authorization"u8) => Field.OneHop,
        > 12 when Is(name[..12], "x-forwarded-"u8) => Field.OfClient,
        _ => Field.Other,
    };

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowerCase) => Ascii.EqualsIgnoreCase(name, lowerCase);
}
