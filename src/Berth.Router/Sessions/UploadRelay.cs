using Berth.Router.Http1;
using Berth.Router.Forwarding;

namespace Berth.Router.Sessions;

/// <summary>
/// Takes the rest of a request's body from the client to the sandbox, beside the response, which may come at any time. Bytes are received only when
/// those before them have been sent. When the exchange needs no more of it, what still comes is thrown away for a short while, so that the client gets to
/// read its response instead of a reset.
/// </summary>
public sealed class UploadRelay(SessionExchange exchange, ByteConnection client, ReceiveBuffer received, SandboxConnection sandbox, BodyFraming body, bool hasLength)
{
    private const int BufferBytes = 32 * 1024;
    private const int PiecesInARow = 64;

    private readonly SessionContext _context = exchange.Context;
    private BodyFraming _body = body;
    private long _bytes;
    private TimeSpan _waited;
    private volatile bool _discards;

    /// <summary>All of the body came.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>All of it went out.</summary>
    public bool IsSent { get; private set; }

    /// <summary>What was wrong on the client's side, if something was.</summary>
    public ForwardResult? Fault { get; private set; }

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Sends what there is of the request, then the body as it comes.</summary>
    public async Task RunAsync(ReadOnlyMemory<byte> begun)
    {
        if (!await SendAsync(begun))
            return;
        for (int piece = 1; !IsWhole; piece++)
        {
            if (piece % PiecesInARow == 0)
                await Task.Yield();
            if (!await ReceiveAsync())
                return;
            int taken = _body.Take(received.Unread.Span);
            if (_body.IsBad)
            {
                Fail(ForwardResult.BadRequestBody);
                return;
            }
            // Whole before the last byte is sent: the response may be quick.
            IsWhole = _body.IsWhole;
            Interlocked.Add(ref _bytes, taken);
            if (!_discards && !await SendAsync(received.Unread[..taken]))
                return;
            received.Use(taken);
        }
        IsSent = !_discards;
        if (received.IsEmpty)
            received.Release();
        if (!_discards)
            exchange.UploadEnded();
    }

    /// <summary>From now on the body leads nowhere.</summary>
    public void Discard()
    {
        _discards = true;
        client.ReceiveUntil(_context.Deadlines.In(_context.Options.LingerTimeout));
    }

    private async ValueTask<bool> ReceiveAsync()
    {
        received.MakeRoom(BufferBytes);
        if (!_discards)
        {
            exchange.SandboxWaits(sandbox);
            client.ReceiveUntil(Due());
            // The mark may have been set between the look and the deadline.
            if (_discards)
                Discard();
        }
        var started = _context.Deadlines.Now;
        int count = await client.ReceiveAsync(received.Free);
        _waited += _context.Deadlines.Since(started);
        if (count > 0)
        {
            received.Received(count);
            if (!_discards)
                client.StopReceiveClock();
            return true;
        }
        if (!_discards)
            Fail(client.ReceiveIsOverdue ? ForwardResult.BadRequestBody : ForwardResult.ClientGone);
        return false;
    }

    /// <summary>A body of known length has to keep up <see cref="RouterOptions.MinBytesPerSecond"/> over all the time that it was waited for; one of unknown length may be a stream that pauses.</summary>
    private long Due()
    {
        var options = _context.Options;
        return _context.Deadlines.In(hasLength ? options.MinRateGrace + TimeSpan.FromSeconds(_bytes / options.MinBytesPerSecond) - _waited : options.IdleTimeout);
    }

    private async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        exchange.SandboxWorks(sandbox);
        var sending = sandbox.SendAsync(bytes);
        if (!sending.IsCompleted)
            sandbox.SendUntil(_context.Deadlines.In(_context.Options.ResponseTimeout));
        int sent = await sending;
        sandbox.StopSendClock();
        exchange.SandboxWorks(sandbox);
        return sent >= 0;
    }

    private void Fail(ForwardResult fault)
    {
        Fault = fault;
        // Ends the wait for a response to half a request.
        sandbox.Close(reset: true);
    }
}
