using System.Runtime.CompilerServices;
using Berth.Router.Http1;
using Berth.Router.Pages;
using Berth.Router.Routing;

namespace Berth.Router.Sessions;

/// <summary>
/// One client's connection in HTTP/1.1 from its first byte to its last: heads are read and refused here, requests carried by
/// <see cref="SessionExchange"/>. One request at a time; while none is there, only a small buffer is held. Run by one task; <see cref="EndWhenIdle"/> may come
/// from any thread.
/// </summary>
public sealed class ClientSession(ByteConnection client, SessionContext context, Func<ReadOnlyMemory<byte>, Task> takeHttp2)
{
    /// <summary>Held while a request is awaited: most heads fit in. To wait without one costs two calls of the kernel more for each request.</summary>
    private const int IdleBufferBytes = 2 * 1024;
    private const int NextBufferBytes = 8 * 1024;

    private readonly ReceiveBuffer _received = new(IdleBufferBytes);
    private SessionExchange? _exchange;
    private HeadFault? _fault;
    private bool _isFirst = true;
    private volatile bool _isIdle;

    private static ReadOnlySpan<byte> Http2Preface => "PRI * HTTP/2.0\r\n\r\n"u8;

    /// <summary>Returns when the connection is closed.</summary>
    public async Task RunAsync()
    {
        var next = After.NextRequest;
        try
        {
            while (next == After.NextRequest)
                next = await ServeOneAsync();
            if (next == After.Http2)
                await takeHttp2(_received.Unread);
            else if (next == After.Linger)
                await LingerAsync();
        }
        catch (Exception e)
        {
            // A fault of the router's own: it costs this connection and must not cost others.
            context.Log.WentWrong(RouterMessages.SessionFailed(e));
            next = After.Reset;
        }
        finally
        {
            _received.Release();
            client.Close(reset: next == After.Reset);
        }
    }

    /// <summary>Ends the connection at the given time if it is between two requests until then; at once if the time is over.</summary>
    public void EndWhenIdle(long due)
    {
        if (_isIdle)
            client.ReceiveUntil(due);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<After> ServeOneAsync()
    {
        int length = await ReceiveHeadAsync();
        if (length == 0)
            return _fault is { } malformed ? await RefuseAsync(malformed) : After.Close;
        if (_isFirst && _received.Unread.Span.StartsWith(Http2Preface))
            return After.Http2;
        _isFirst = false;
        if (Begin(length, out var route) is { } fault)
            return await RefuseAsync(fault);
        return await _exchange!.ServeAsync(route);
    }

    /// <summary>Reads the head and makes the request ready to go. Null, or why it is refused.</summary>
    private HeadFault? Begin(int headLength, out HostRoute? route)
    {
        route = null;
        var head = context.Heads.Get();
        try
        {
            if (RequestHeadParser.Parse(_received.Unread.Span[..headLength], context.Options, head) is { } fault)
                return fault;
            _exchange ??= new SessionExchange(client, _received, context);
            return _exchange.Begin(head, headLength, out route);
        }
        finally
        {
            context.Heads.Return(head);
        }
    }

    /// <summary>The length of the head with which the unread bytes begin; 0: there is none, and perhaps a fault.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveHeadAsync()
    {
        if (_received.IsEmpty)
            BeginIdle();
        else
            client.ReceiveUntil(context.Deadlines.In(context.Options.RequestHeadTimeout));
        bool mayBeginEmpty = true;
        while (true)
        {
            // One empty line before a request is let pass (RFC 9112, 2.2).
            if (mayBeginEmpty && _received.Unread.Span.StartsWith("\r\n"u8))
            {
                _received.Use(2);
                mayBeginEmpty = false;
            }
            int length = RequestHeadParser.FindEnd(_received.Unread.Span);
            if (length > 0 && length <= context.Options.MaxRequestHeadBytes)
                return length;
            if (HeaderLines.HasStrayControl(_received.Unread.Span))
                _fault = new HeadFault(400, RouterMessages.ControlCharacter);
            else if (length > 0 || _received.Length >= context.Options.MaxRequestHeadBytes)
                _fault = new HeadFault(431, RouterMessages.HeadTooLarge(context.Options.MaxRequestHeadBytes));
            if (_fault is not null)
                return 0;
            _received.MakeRoom(_received.IsEmpty ? IdleBufferBytes : Math.Max(NextBufferBytes, _received.Length * 2));
            int received = await client.ReceiveAsync(_received.Free);
            if (received <= 0)
            {
                if (received == 0 && client.ReceiveIsOverdue && !_received.IsEmpty)
                    _fault = new HeadFault(408, RouterMessages.HeadTooSlow(context.Options.RequestHeadTimeout));
                return 0;
            }
            if (_isIdle)
                EndIdle();
            _received.Received(received);
        }
    }

    private void BeginIdle()
    {
        _received.Release();
        client.ReceiveUntil(context.Deadlines.In(_isFirst ? context.Options.RequestHeadTimeout : context.Options.KeepAliveTimeout));
        _isIdle = true;
        // Who stops the router looks for idle ones after having said so: either it sees this one, or this one sees that.
        if (context.IsStopping)
            EndWhenIdle(context.StopIdleAt);
    }

    /// <summary>The first bytes of a request are there.</summary>
    private void EndIdle()
    {
        _isIdle = false;
        client.ReceiveUntil(context.Deadlines.In(context.Options.RequestHeadTimeout));
    }

    private async ValueTask<After> RefuseAsync(HeadFault fault)
    {
        var page = StatusPages.Refused(fault.Status, fault.Problem);
        client.ReceiveUntil(context.Deadlines.In(context.Options.LingerTimeout));
        var response = page.Response(html: false, isHead: false, close: true, context.Date.Now);
        client.SendUntil(context.SlowestPace(response.Length));
        int sent = await client.SendAsync(response);
        client.StopSendClock();
        context.Traffic.Ended(null, fault.Status, context.Deadlines.Now, 0, response.Length, entry: null);
        return sent < 0 ? After.Close : After.Linger;
    }

    /// <summary>Closing with bytes unread would be a reset, which takes what was just sent from a client that has not read it yet: so the rest is thrown away, for a short while.</summary>
    private async ValueTask LingerAsync()
    {
        client.EndSending();
        client.ReceiveUntil(context.Deadlines.In(context.Options.LingerTimeout));
        do
        {
            _received.Use(_received.Length);
            _received.MakeRoom(NextBufferBytes);
        }
        while (await client.ReceiveAsync(_received.Free) > 0);
    }
}
