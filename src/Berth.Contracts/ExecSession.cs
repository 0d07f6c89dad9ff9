using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Berth.Contracts;

/// <summary>What came from the command: <see cref="Bytes"/> of <see cref="ExecProtocol.Stdout"/> or <see cref="ExecProtocol.Stderr"/>, or, last, the exit code.</summary>
public readonly record struct ExecFrame(byte Kind, ReadOnlyMemory<byte> Bytes, int ExitCode);

/// <summary>
/// A command that runs in a sandbox, as <see cref="ExecProtocol"/> has it. One reader; senders may be several, they take turns. Disposing ends the
/// connection, and with it a command that still runs: it is hung up, as by a terminal.
/// </summary>
public sealed class ExecSession : IAsyncDisposable
{
    /// <summary>Longest message from the server; longer ones end the session. The engine's own chunks have at most 32 KiB.</summary>
    private const int MaxMessageBytes = 1 << 20;

    private readonly ApiConnection _api;
    private readonly ApiSocket _connection;
    private readonly WebSocket _socket;
    private readonly SemaphoreSlim _turn = new(1);

    private ExecSession(ApiConnection api, ApiSocket connection) => (_api, _connection, _socket) = (api, connection, connection.Socket);

    internal static async Task<ExecSession> OpenAsync(ApiConnection api, string path, CancellationToken ct) => new(api, await ApiSocket.OpenAsync(api, path, ct).ConfigureAwait(false));

    public Task SendStdinAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct) => SendAsync(ExecProtocol.Stdin, bytes, ct);

    public Task SendStdinEndAsync(CancellationToken ct) => SendAsync(ExecProtocol.StdinEnd, default, ct);

    public Task ResizeAsync(int columns, int rows, CancellationToken ct)
    {
        var size = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)Math.Clamp(columns, 1, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16BigEndian(size.AsSpan(2), (ushort)Math.Clamp(rows, 1, ushort.MaxValue));
        return SendAsync(ExecProtocol.Resize, size, ct);
    }

    /// <summary>What the command prints, and at the end its exit code. A frame's bytes are valid until the next is asked for.</summary>
    /// <exception cref="BerthUnreachableException">The connection ended without an exit code.</exception>
    public async IAsyncEnumerable<ExecFrame> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxMessageBytes);
        try
        {
            while (true)
            {
                var length = await ReceiveAsync(buffer, ct).ConfigureAwait(false);
                if (length == 0)
                    continue;
                if (buffer[0] == ExecProtocol.Exit && length >= 5)
                {
                    yield return new ExecFrame(ExecProtocol.Exit, default, BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(1)));
                    yield break;
                }
                yield return new ExecFrame(buffer[0], buffer.AsMemory(1, length - 1), 0);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(byte kind, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        var message = new byte[bytes.Length + 1];
        message[0] = kind;
        bytes.CopyTo(message.AsMemory(1));
        await _turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await _socket.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            throw _api.Lost(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<int> ReceiveAsync(byte[] buffer, CancellationToken ct)
    {
        int length = 0;
        while (true)
        {
            try
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(length), ct).ConfigureAwait(false);
                length += part.Count;
                if (part.MessageType == WebSocketMessageType.Close || (length == buffer.Length && !part.EndOfMessage))
                    throw _api.Lost(null);
                if (part.EndOfMessage)
                    return length;
            }
            catch (Exception e) when (e is WebSocketException or IOException)
            {
                throw _api.Lost(e);
            }
        }
    }
}
