using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Contracts;

/// <summary>A WebSocket of the API. The handshake is a plain request, so that a refusal comes with its problem details.</summary>
internal sealed class ApiSocket : IDisposable
{
    private readonly HttpResponseMessage _response;

    private ApiSocket(HttpResponseMessage response, WebSocket socket) => (_response, Socket) = (response, socket);

    public WebSocket Socket { get; }

    public static async Task<ApiSocket> OpenAsync(ApiConnection api, string path, CancellationToken ct)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = HttpVersion.Version11 };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", key);
        var response = await api.SendAsync(request, ct).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols
            || !response.Headers.TryGetValues("Sec-WebSocket-Accept", out var accept) || accept.First() != AcceptOf(key))
        {
            response.Dispose();
            throw api.NotBerth();
        }
        var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        return new ApiSocket(response, WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = false }));
    }

    public void Dispose()
    {
        Socket.Dispose();
        _response.Dispose();
    }

    private static string AcceptOf(string key) =>
        // RFC 6455, section 4.2.2: SHA-1 is what the handshake is defined by; nothing rests on its strength.
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}
