using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>Opens a WebSocket, says a word on it every tenth of a second, has each echoed, and closes it as RFC 6455 asks.</summary>
internal sealed class WebSocketVisitor(BerthServer server, string app) : IVisitor
{
    private const int Words = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public async Task<string?> VisitAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Host", $"{app}.localhost");
        await socket.ConnectAsync(new UriBuilder(server.Site) { Scheme = "ws", Path = UptimeImage.EchoPath }.Uri, limit.Token);
        var echo = new byte[100];
        for (int i = 0; i < Words; i++)
        {
            var word = string.Create(CultureInfo.InvariantCulture, $"word {i:00}");
            await socket.SendAsync(Encoding.ASCII.GetBytes(word), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
            var received = await socket.ReceiveAsync(echo, limit.Token);
            var text = Encoding.ASCII.GetString(echo, 0, received.Count);
            if (received.MessageType != WebSocketMessageType.Text || text != word)
                return $"of \"{word}\" came back {received.MessageType} \"{text}\"";
            await Task.Delay(Pause, TimeProvider.System, limit.Token);
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", limit.Token);
        return socket.CloseStatus == WebSocketCloseStatus.NormalClosure ? null : $"the socket was closed with {socket.CloseStatus}";
    }

    public void Dispose()
    {
        // Each visit has a connection of its own.
    }
}
