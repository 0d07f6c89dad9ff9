using System.Buffers.Binary;
using System.Net.WebSockets;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>Connects a client's WebSocket to a command that runs (<see cref="ExecProtocol"/>).</summary>
internal static class ExecSocket
{
    private const int BufferBytes = 32 * 1024;

    /// <summary>How long a client may take to close its end once it has the exit code; then the connection is broken off.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Why the request cannot be one for a command; null: it can.</summary>
    public static IResult? Problem(HttpContext http, string[] command) => (http.WebSockets.IsWebSocketRequest, command.Length) switch
    {
        (false, _) => ProblemResults.Of(StatusCodes.Status400BadRequest, "websocket-needed", "commands are spoken to over a WebSocket; use `berth exec` or `berth run`"),
        (true, 0) => ProblemResults.Of(StatusCodes.Status422UnprocessableEntity, "no-command", "no command was given; name one, for example sh"),
        _ => null,
    };

    /// <summary>Returns when the command has ended or the client is gone; disposes the session.</summary>
    public static async Task<IResult> TalkAsync(HttpContext http, IExecSession command, TimeProvider time, CancellationToken ct)
    {
        await using var session = command;
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var input = PumpInputAsync(socket, session, ended.Token);
        await foreach (var chunk in session.ReadAsync(ct))
            await SendAsync(socket, chunk.Stream == LogStream.Stdout ? ExecProtocol.Stdout : ExecProtocol.Stderr, chunk.Bytes, ct);
        var exitCode = await session.ExitCodeAsync(ct) ?? -1;
        http.Note($"exit code {exitCode}");
        var code = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(code, exitCode);
        await SendAsync(socket, ExecProtocol.Exit, code, ct);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
        // The client answers by closing. To cancel the read before that would break the connection off, and the exit code could be lost with it.
        await Task.WhenAny(input, Task.Delay(CloseTimeout, time, ct));
        await ended.CancelAsync();
        await input;
        return Results.Empty;
    }

    private static async Task SendAsync(WebSocket socket, byte kind, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        var message = new byte[bytes.Length + 1];
        message[0] = kind;
        bytes.CopyTo(message.AsMemory(1));
        await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, ct);
    }

    private static async Task PumpInputAsync(WebSocket socket, IExecSession session, CancellationToken ct)
    {
        var buffer = new byte[BufferBytes];
        byte kind = 0;
        var begins = true;
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), ct);
                if (received.MessageType == WebSocketMessageType.Close)
                    return;
                var bytes = buffer.AsMemory(0, received.Count);
                if (begins && received.Count > 0)
                    (kind, bytes) = (buffer[0], bytes[1..]);
                begins = received.EndOfMessage;
                if (kind == ExecProtocol.Stdin)
                    await session.WriteAsync(bytes, ct);
                else if (kind == ExecProtocol.StdinEnd)
                    await session.CloseInputAsync(ct);
                else if (kind == ExecProtocol.Resize && bytes.Length >= 4)
                    await session.ResizeAsync(BinaryPrimitives.ReadUInt16BigEndian(bytes.Span), BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[2..]), ct);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or EngineException)
        {
            // The client or the command has gone; the other direction sees to the end.
        }
    }
}
