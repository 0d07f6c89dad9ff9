using System.Net.Sockets;
using System.Net.WebSockets;

namespace Berth.Contracts;

/// <summary>
/// One forwarded connection, the same at both ends: a TCP connection here, a WebSocket between. The bytes of a direction are those of its binary messages,
/// however they are cut; an empty message is the direction's end, while the other goes on. A WebSocket that ends before both have ended is a broken
/// connection, and is passed on as a reset. Nothing is read before what came before it is written, so a slow end slows the other.
/// </summary>
public static class ForwardRelay
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>How long the other end may take to close once both directions have ended.</summary>
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    /// <summary>Returns when both directions have ended, or the connection broke. The caller disposes the two.</summary>
    public static async Task RunAsync(WebSocket socket, Socket connection, CancellationToken ct)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var ended = await Task.WhenAll(EndsAsync(SendAsync(socket, connection, broken.Token), broken), EndsAsync(ReceiveAsync(socket, connection, broken.Token), broken)).ConfigureAwait(false);
        if (ended.Contains(false))
        {
            socket.Abort();
            // Without a wait for what is not sent yet: a reset, where a mere close would look like a good end.
            connection.Close(timeout: 0);
            return;
        }
        using var limit = new CancellationTokenSource(CloseLimit, TimeProvider.System);
        try
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            // All bytes are through; it is not known whether the other end has noticed.
        }
    }

    /// <summary>False, and the other direction is broken off, if this one broke.</summary>
    private static async Task<bool> EndsAsync(Task direction, CancellationTokenSource broken)
    {
        try
        {
            await direction.ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is WebSocketException or SocketException or IOException or OperationCanceledException)
        {
            await broken.CancelAsync().ConfigureAwait(false);
            return false;
        }
    }

    private static async Task SendAsync(WebSocket socket, Socket connection, CancellationToken ct)
    {
        var buffer = new byte[BufferBytes];
        int count;
        do
        {
            count = await connection.ReceiveAsync(buffer, ct).ConfigureAwait(false);
            await socket.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Binary, endOfMessage: true, ct).ConfigureAwait(false);
        }
        while (count > 0);
    }

    private static async Task ReceiveAsync(WebSocket socket, Socket connection, CancellationToken ct)
    {
        var buffer = new byte[BufferBytes];
        var begins = true;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), ct).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close)
                throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
            if (begins && part is { Count: 0, EndOfMessage: true })
                break;
            begins = part.EndOfMessage;
            for (var rest = buffer.AsMemory(0, part.Count); rest.Length > 0;)
                rest = rest[await connection.SendAsync(rest, ct).ConfigureAwait(false)..];
        }
        connection.Shutdown(SocketShutdown.Send);
    }
}
