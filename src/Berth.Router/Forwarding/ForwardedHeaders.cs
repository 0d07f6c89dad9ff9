using System.Net;
using System.Security.Cryptography;
using System.Text;
using Berth.Router.Http1;

namespace Berth.Router.Forwarding;

/// <summary>
/// What the sandbox is told about the client: X-Forwarded-For, -Proto, -Host and X-Request-Id. Whoever is not a trusted proxy cannot
/// say these things of himself: what he sent of the kind is dropped.
/// </summary>
public sealed class ForwardedHeaders(IReadOnlyList<IPNetwork> trusted)
{
    public const string For = "X-Forwarded-For";
    public const string Proto = "X-Forwarded-Proto";
    public const string Host = "X-Forwarded-Host";
    public const string RequestId = "X-Request-Id";

    /// <summary>Replaces the headers of the kind on <paramref name="message"/>, which so far are the client's.</summary>
    public void Set(HttpContext context, HttpRequestMessage message)
    {
        var peer = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (peer.IsIPv4MappedToIPv6)
            peer = peer.MapToIPv4();
        var headers = message.Headers;
        var client = context.Request;
        if (trusted.Any(network => network.Contains(peer)))
        {
            var before = client.Headers[For].ToString();
            Replace(headers, For, before.Length == 0 ? peer.ToString() : $"{before}, {peer}");
            if (!client.Headers.ContainsKey(Proto))
                Replace(headers, Proto, client.Scheme);
            if (!client.Headers.ContainsKey(Host))
                Replace(headers, Host, client.Host.Value ?? "");
            if (!IsSane(client.Headers[RequestId].ToString()))
                Replace(headers, RequestId, NewRequestId());
            return;
        }
        foreach (var header in client.Headers)
        {
            if (FieldNames.SpeaksOfClient(FieldNames.Classify(header.Key)))
                headers.Remove(header.Key);
        }
        Replace(headers, For, peer.ToString());
        Replace(headers, Proto, client.Scheme);
        Replace(headers, Host, client.Host.Value ?? "");
        Replace(headers, RequestId, NewRequestId());
    }

    private static bool IsSane(string id) => RequestHeadWriter.IsSane(Encoding.Latin1.GetBytes(id));

    private static string NewRequestId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static void Replace(System.Net.Http.Headers.HttpRequestHeaders headers, string name, string value)
    {
        headers.Remove(name);
        headers.TryAddWithoutValidation(name, value);
    }
}
