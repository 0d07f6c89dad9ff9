using System.Buffers;
using Berth.Router.Http1;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Berth.Router.Requests;

/// <summary>
/// What RFC 9112 forbids and Kestrel lets through. Two parties that disagree on where a request ends can be made to
/// take one request for another, so what is ambiguous is refused.
/// </summary>
public static class RequestFraming
{
    /// <summary>Where Kestrel puts the Content-Length of a request that has Transfer-Encoding as well.</summary>
    private const string OverruledLength = "X-Content-Length";

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // All control characters but the tab.
    private static readonly SearchValues<char> ControlCharacters =
        SearchValues.Create([.. Enumerable.Range(0, 32).Append(127).Where(c => c != '\t').Select(c => (char)c)]);

    /// <summary>Null, or why the request is refused with 400.</summary>
    public static string? Problem(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsConnect(request.Method) && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true })
            return RouterMessages.NoConnect;
        if (request.Headers.TryGetValue(HeaderNames.TransferEncoding, out var coding))
        {
            if (request.ContentLength is not null || request.Headers.ContainsKey(OverruledLength))
                return RouterMessages.LengthAndCoding;
            if (coding.Count != 1 || !string.Equals(coding[0]?.Trim(), "chunked", StringComparison.OrdinalIgnoreCase))
                return RouterMessages.OtherCoding;
            if (!HttpProtocol.IsHttp11(request.Protocol))
                return RouterMessages.CodingInOldVersion;
        }
        foreach (var header in request.Headers)
        {
            // The names that begin with a colon are HTTP/2's own.
            if (header.Key.AsSpan().ContainsAnyExcept(NameCharacters) && header.Key[0] != ':')
                return RouterMessages.BadHeaderName;
            if (FieldNames.Classify(header.Key) == Field.Disguised)
                return RouterMessages.DisguisedHeader;
            foreach (var value in header.Value)
            {
                if (value.AsSpan().ContainsAny(ControlCharacters))
                    return RouterMessages.ControlCharacter;
            }
        }
        return PathAndQuery(context) is null ? RouterMessages.NoTarget : null;
    }

    /// <summary>The target's path and query as the client wrote them, byte for byte; null if there is none (<c>OPTIONS *</c>).</summary>
    public static string? PathAndQuery(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith('/'))
            return target;
        int authority = target.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
            return null;
        int path = target.AsSpan(authority + 3).IndexOfAny('/', '?');
        if (path < 0)
            return "/";
        var rest = target[(authority + 3 + path)..];
        return rest[0] == '/' ? rest : "/" + rest;
    }
}
