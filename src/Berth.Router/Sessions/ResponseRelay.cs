using System.Buffers;
using System.Runtime.CompilerServices;
using Berth.Router.Http1;

namespace Berth.Router.Sessions;

/// <summary>How the relay of a response ended.</summary>
public enum RelayEnd
{
    /// <summary>The response went out to its last byte.</summary>
    Whole,

    /// <summary>It is a 101, whose head and first bytes went out.</summary>
    Upgraded,

    /// <summary>Not one byte came.</summary>
    NoAnswer,

    /// <summary>What came is no response, or one whose end is uncertain. Nothing of it went out.</summary>
    Invalid,

    /// <summary>It broke in the middle, and the client has a part of it.</summary>
    BrokeOff,

    /// <summary>The client could not be sent to.</summary>
    ClientBroke,
}

/// <summary>
/// Takes one response from a sandbox to the client: interim heads, the head, the body as it comes. Bytes are received only when those before them have been
/// sent, so a slow client slows the sandbox. Reused from request to request.
/// </summary>
public sealed class ResponseRelay
{
    /// <summary>After so many pieces in a row the thread is given to others: with bytes always at hand nothing else would make it wait.</summary>
    private const int PiecesInARow = 64;

    /// <summary>Most responses end in it. What comes after is received in larger pieces, of which many at the same time would be too much.</summary>
    private const int FirstBufferBytes = 24 * 1024;

    private readonly ResponseHead _head = new();
    private readonly ReceiveBuffer _received = new(FirstBufferBytes);
    private BodyFraming _body;
    private SessionExchange _exchange = null!;

    /// <summary>Bytes that went to the client.</summary>
    public long Sent { get; private set; }

    /// <summary>The final status; 0 before its head.</summary>
    public int Status { get; private set; }

    /// <summary>After <see cref="RelayEnd.Whole"/>: whether the sandbox's connection is certain to be at the start of the next response.</summary>
    public bool IsReusable => _head.KeepAlive && _received.IsEmpty && !_body.EndsByClose;

    /// <summary>The response could end in an orderly way only by closing, so breaking off must be a reset.</summary>
    public bool EndsByClose => _body.EndsByClose;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RelayEnd> RunAsync(SessionExchange exchange, SandboxConnection sandbox)
    {
        _exchange = exchange;
        Sent = 0;
        Status = 0;
        _body = default;
        while (true)
        {
            int length = await ReceiveHeadAsync(sandbox);
            if (length == 0)
                return RelayEnd.NoAnswer;
            if (length < 0 || !_head.TryParse(_received.Unread.Span[..length], exchange.IsHead, exchange.Context.Options.MaxResponseHeaders))
                return RelayEnd.Invalid;
            if (!_head.IsInterim)
                return await RelayFinalAsync(sandbox, length);
            if (!exchange.WantsInterim(_head.Status))
                _received.Use(length);
            else if (!await SendAsync(PutHead(length, connection: default, split: default)))
                return RelayEnd.ClientBroke;
        }
    }

    /// <summary>Gives the buffer back, before the relay is used for another response.</summary>
    public void Release()
    {
        _received.Release();
        _exchange = null!;
    }

    /// <summary>The head's length; 0: nothing came; below 0: something that is no head.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveHeadAsync(SandboxConnection sandbox)
    {
        while (true)
        {
            int length = RequestHeadParser.FindEnd(_received.Unread.Span);
            if (length > 0)
                return length;
            if (_received.Length >= _exchange.Context.Options.ResponseBufferBytes || HeaderLines.HasStrayControl(_received.Unread.Span))
                return -1;
            _received.MakeRoom(_received.IsEmpty ? FirstBufferBytes : _exchange.Context.Options.ResponseBufferBytes + ResponseHeadWriter.MaxGrowth, ResponseHeadWriter.MaxGrowth);
            int received = await sandbox.ReceiveAsync(_received.Free);
            if (received <= 0)
                return _received.IsEmpty ? 0 : -1;
            _received.Received(received);
        }
    }

    private async ValueTask<RelayEnd> RelayFinalAsync(SandboxConnection sandbox, int length)
    {
        // A protocol that nobody asked for would take the connection out of the router's sight.
        if (_head.Status == 101 && !_exchange.WantsUpgrade)
            return RelayEnd.Invalid;
        // The client speaks HTTP/1.0 and was promised to the sandbox as such.
        if (_head.BodyEnd == BodyEnd.Chunks && _exchange.IsOld)
            return RelayEnd.Invalid;
        Status = _head.Status;
        _body = BodyFraming.Of(_head);
        sandbox.Target.Load.CountAnswer(Status);
        _exchange.Answered(sandbox, _head.BodyEnd == BodyEnd.Close);
        int head = PutHead(length, _exchange.ConnectionField, _exchange.SplitField);
        if (_head.Status == 101)
            return await SendAsync(_received.Length) ? RelayEnd.Upgraded : RelayEnd.ClientBroke;
        int body = _body.Take(_received.Unread.Span[head..]);
        return await SendAsync(head + body) ? await RelayRestAsync(sandbox) : RelayEnd.ClientBroke;
    }

    private async ValueTask<RelayEnd> RelayRestAsync(SandboxConnection sandbox)
    {
        var context = _exchange.Context;
        for (int piece = 1; !_body.IsWhole; piece++)
        {
            if (_body.IsBad)
                return RelayEnd.BrokeOff;
            if (piece % PiecesInARow == 0)
                await Task.Yield();
            _received.MakeRoom(context.Options.ResponseBufferBytes);
            sandbox.ReceiveUntil(context.Deadlines.In(context.Options.IdleTimeout));
            int received = await sandbox.ReceiveAsync(_received.Free);
            if (received <= 0)
                return received == 0 && _body.EndsByClose && !sandbox.ReceiveIsOverdue ? RelayEnd.Whole : RelayEnd.BrokeOff;
            _received.Received(received);
            if (!await SendAsync(_body.Take(_received.Unread.Span)))
                return RelayEnd.ClientBroke;
        }
        return RelayEnd.Whole;
    }

    /// <summary>Puts the head that the client gets in the place of the sandbox's, directly before the body, so that one send does for both. Returns its length.</summary>
    private int PutHead(int length, ReadOnlySpan<byte> connection, ReadOnlySpan<byte> split)
    {
        var space = ArrayPool<byte>.Shared.Rent(length + ResponseHeadWriter.MaxGrowth);
        int written = ResponseHeadWriter.Write(_received.Unread.Span[..length], _head, connection, split, _exchange.Context.Date.Now, space);
        _received.Use(length);
        _received.Prepend(space.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(space);
        return written;
    }

    /// <summary>Sends the first of the unread bytes.</summary>
    private async ValueTask<bool> SendAsync(int length)
    {
        if (length > 0 && !await _exchange.SendToClientAsync(_received.Unread[..length]))
            return false;
        Sent += length;
        _received.Use(length);
        return true;
    }
}
