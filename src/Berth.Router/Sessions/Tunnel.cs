using System.Buffers;

namespace Berth.Router.Sessions;

/// <summary>
/// Bytes both ways between two connections until both have ended: when one side sends no more, the other is told and may go on. While nothing
/// moves, no buffer is held. A tunnel through which nothing goes for <see cref="RouterOptions.IdleTimeout"/> is cut.
/// </summary>
public sealed class Tunnel(ByteConnection client, ByteConnection sandbox, SessionContext context)
{
    private const int BufferBytes = 16 * 1024;
    private const int PiecesInARow = 64;

    private long _toClient;
    private long _toSandbox;

    public long ToClient => Interlocked.Read(ref _toClient);

    public long ToSandbox => Interlocked.Read(ref _toSandbox);

    public Task RunAsync() => Task.WhenAll(PumpToSandboxAsync(), PumpToClientAsync());

    private async Task PumpToSandboxAsync() => await PumpAsync(client, sandbox, bytes => Interlocked.Add(ref _toSandbox, bytes));

    private async Task PumpToClientAsync() => await PumpAsync(sandbox, client, bytes => Interlocked.Add(ref _toClient, bytes));

    private async ValueTask PumpAsync(ByteConnection from, ByteConnection to, Action<int> count)
    {
        for (int piece = 1; ; piece++)
        {
            if (piece % PiecesInARow == 0)
                await Task.Yield();
            var due = context.Deadlines.In(context.Options.IdleTimeout);
            from.ReceiveUntil(due);
            to.ReceiveUntil(due);
            if (await from.ReceiveAsync(Memory<byte>.Empty) < 0)
                break;
            var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
            int received = await from.ReceiveAsync(buffer);
            bool sent = received > 0 && await SendAsync(to, buffer.AsMemory(0, received));
            ArrayPool<byte>.Shared.Return(buffer);
            if (received == 0 && !from.ReceiveIsOverdue)
            {
                to.EndSending();
                return;
            }
            if (!sent)
                break;
            count(received);
        }
        from.Close(reset: true);
        to.Close(reset: true);
    }

    private async ValueTask<bool> SendAsync(ByteConnection to, ReadOnlyMemory<byte> bytes)
    {
        var sending = to.SendAsync(bytes);
        if (!sending.IsCompleted)
            to.SendUntil(context.SlowestPace(bytes.Length));
        int sent = await sending;
        to.StopSendClock();
        return sent >= 0;
    }
}
