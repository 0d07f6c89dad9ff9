using System.Buffers;
using System.Runtime.CompilerServices;
using Berth.Router.Forwarding;
using Berth.Router.Http1;
using Berth.Router.Pages;
using Berth.Router.Requests;
using Berth.Router.Routing;
using Berth.Router.Rules;
using Berth.Router.Traffic;

namespace Berth.Router.Sessions;

/// <summary>
/// One request of a session on its way to a sandbox and back; used again for the session's next. The request as the sandbox gets it stays in its buffer until a
/// response's head is there, so that it can go out once more, to another sandbox or over another connection.
/// </summary>
public sealed class SessionExchange : IExchange
{
    private readonly ByteConnection _client;
    private readonly ReceiveBuffer _received;
    private readonly ClientFacts _facts;
    private readonly Action _clientWent;
    private readonly Lock _lock = new();

    private byte[]? _request;
    private int _requestLength;
    private BodyFraming _body;
    private bool _hasBody;
    private bool _hasLength;
    private bool _isIdempotent;
    private bool _keepsAlive;
    private bool _expectsContinue;
    private bool _acceptsHtml;
    private volatile bool _answered;
    private bool _staysOpen;
    private UploadRelay? _upload;
    private Task _uploading = Task.CompletedTask;
    private After _after;
    private AppLoad? _app;
    private long _started;
    private int _status;
    private long _bytesIn;
    private long _bytesOut;
    private AccessEntry? _entry;
    private int _givenNumber;

    // Guarded by the lock: the client may turn out to be gone on another thread.
    private SandboxConnection? _sandbox;
    private CancellationTokenSource? _goneSource;
    private bool _gone;

    public SessionExchange(ByteConnection client, ReceiveBuffer received, SessionContext context)
    {
        _client = client;
        _received = received;
        Context = context;
        var peer = client.Peer;
        _facts = new ClientFacts(peer, client.Scheme, context.Trusts(peer));
        _clientWent = ClientWent;
    }

    public SessionContext Context { get; }

    public string Host { get; private set; } = "";

    public RequestFacts Facts { get; private set; } = null!;

    public TimeSpan ResponseTimeout { get; private set; }

    public bool IsHead { get; private set; }

    public bool IsPageVisit { get; private set; }

    /// <summary>The client speaks HTTP/1.0.</summary>
    public bool IsOld { get; private set; }

    public bool WantsUpgrade { get; private set; }

    public CancellationToken ClientGone
    {
        get
        {
            lock (_lock)
            {
                _goneSource ??= new CancellationTokenSource();
                return _gone ? new CancellationToken(canceled: true) : _goneSource.Token;
            }
        }
    }

    /// <summary>What the response's head says of the client's connection.</summary>
    public ReadOnlySpan<byte> ConnectionField => !_staysOpen ? "close"u8 : IsOld ? "keep-alive"u8 : default;

    /// <summary>A field that the response's head has besides: the client is told its number.</summary>
    public ReadOnlySpan<byte> SplitField => SplitCookie.Line(_givenNumber);

    private bool UploadIsOpen => _upload is null ? !_body.IsWhole : !_upload.IsWhole;

    /// <summary>Takes over the request whose head the unread bytes begin with; null, or why it is refused. <paramref name="head"/> is not needed afterwards.</summary>
    public HeadFault? Begin(RequestHead head, int headLength, out HostRoute? route)
    {
        var bytes = _received.Unread.Span[..headLength];
        Host = HostNames.Normalize(bytes[head.Host], Host);
        route = Context.Routes.Current.Find(Host, bytes[head.Target], out bool isAmbiguous);
        if (isAmbiguous)
            return new HeadFault(400, RouterMessages.AmbiguousPath);
        _givenNumber = SplitCookie.None;
        if (route is { IsSplit: true })
            route = route.Choose(HeadFacts.SplitNumber(bytes, head), out _givenNumber);
        ResponseTimeout = route?.ResponseTimeout ?? Context.Options.ResponseTimeout;
        if (route?.Guard is { } guard)
            Facts = HeadFacts.Take(bytes, head, _client, Context.Options.TrustedProxies, guard.TakesLogin);
        IsHead = head.IsHead;
        IsOld = head.MinorVersion == 0;
        WantsUpgrade = head.Upgrade;
        _hasBody = head.HasBody;
        _hasLength = head.ContentLength >= 0;
        _isIdempotent = head.IsIdempotent;
        _keepsAlive = head.KeepAlive;
        _expectsContinue = head.ExpectsContinue;
        _acceptsHtml = head.AcceptsHtml;
        IsPageVisit = head.AcceptsHtml && !head.HasBody && !head.Upgrade && bytes[head.Method].SequenceEqual("GET"u8);
        _after = After.Close;
        _started = Context.Deadlines.Now;
        _status = 0;
        _bytesIn = _bytesOut = 0;
        _request = ArrayPool<byte>.Shared.Rent(RequestHeadWriter.MaxLength(headLength));
        _requestLength = RequestHeadWriter.Write(bytes, head, _facts, _request);
        if (Context.Traffic.Logs)
            _entry = RequestEntry.Of(bytes, head, _facts.Peer, Host, route?.App.Name ?? "");
        _received.Use(headLength);
        _body = BodyFraming.Of(head);
        TakeBegunBody();
        _app = route?.App.Load;
        return null;
    }

    /// <summary>Carries the request that was begun.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<After> ServeAsync(HostRoute? route)
    {
        try
        {
            _client.StopReceiveClock();
            _client.OnEnd = _clientWent;
            var page = _body.IsBad ? StatusPages.BadRequest(RouterMessages.BodyUnreadable) : await Context.Dispatcher.DispatchAsync(this, route);
            _client.OnEnd = null;
            if (page is not null)
                await SendPageAsync(page);
            if (!_uploading.IsCompleted)
                await EndUploadAsync();
            return _after;
        }
        finally
        {
            Context.Traffic.Ended(_app, _status, _started, _bytesIn + (_upload?.Bytes ?? 0), _bytesOut, _entry);
            ReleaseRequest();
            _upload = null;
            _uploading = Task.CompletedTask;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ForwardResult> ForwardAsync(Claim claim, bool freshConnection)
    {
        var sandbox = freshConnection ? null : Context.Sandboxes.TryTake(claim.Target, once: _hasBody || !_isIdempotent);
        var isFresh = sandbox is null;
        if (sandbox is null)
        {
            (sandbox, var problem) = await Context.Sandboxes.ConnectAsync(claim.Target);
            if (sandbox is null)
            {
                Context.Log.UpstreamFailed(RouterMessages.TakenOut(claim.Target, problem!));
                return ForwardResult.Unreachable;
            }
        }
        if (!Attach(sandbox))
            return ForwardResult.ClientGone;
        var relay = Context.Relays.Get();
        var end = await ExchangeAsync(sandbox, relay);
        Detach();
        var (isReusable, endsByClose) = (relay.IsReusable, relay.EndsByClose);
        _status = relay.Status;
        _bytesOut = relay.Sent;
        if (_entry is not null && _status > 0)
            _entry.Sandbox = claim.Target.Sandbox.Id;
        relay.Release();
        Context.Relays.Return(relay);
        switch (end)
        {
            case RelayEnd.Whole:
                return Finish(sandbox, isReusable);
            case RelayEnd.Upgraded:
                return await TunnelAsync(sandbox, claim);
            case RelayEnd.BrokeOff or RelayEnd.ClientBroke:
                sandbox.Close(reset: true);
                if (end == RelayEnd.BrokeOff && !_gone)
                    Context.Log.UpstreamFailed(RouterMessages.UpstreamBroke(claim.Target, RouterMessages.EndedTooEarly));
                _after = endsByClose ? After.Reset : After.Close;
                return ForwardResult.Done;
            default:
                return GiveUp(sandbox, claim, canRepeat: end == RelayEnd.NoAnswer && !isFresh && _isIdempotent && !_hasBody);
        }
    }

    /// <summary>Whether an interim response is for the client: a 100 only if it asked.</summary>
    public bool WantsInterim(int status) => !IsOld && (status != 100 || _expectsContinue);

    /// <summary>The head of the final response is there: the sandbox has kept its deadline, and the request will not be sent again.</summary>
    public void Answered(SandboxConnection sandbox, bool endsByClose)
    {
        _answered = true;
        sandbox.ReceiveUntil(Context.Deadlines.In(Context.Options.IdleTimeout));
        _staysOpen = _keepsAlive && !UploadIsOpen && !endsByClose && !Context.IsStopping;
        // Else its bytes may still be on their way out.
        if (_upload is null)
            ReleaseRequest();
    }

    /// <summary>The sandbox waits for more of the body: its deadline stands still. A slow upload is no slow sandbox.</summary>
    public void SandboxWaits(SandboxConnection sandbox)
    {
        if (!_answered)
            sandbox.StopReceiveClock();
        // The answer may have come meanwhile.
        if (_answered)
            sandbox.ReceiveUntil(Context.Deadlines.In(Context.Options.IdleTimeout));
    }

    /// <summary>Nothing is being received from the client any more: so its end has to be looked for.</summary>
    public void UploadEnded() => _client.OnEnd = _clientWent;

    /// <summary>It is the sandbox's turn.</summary>
    public void SandboxWorks(SandboxConnection sandbox)
    {
        if (!_answered)
            sandbox.ReceiveUntil(Context.Deadlines.In(ResponseTimeout));
        if (_answered)
            sandbox.ReceiveUntil(Context.Deadlines.In(Context.Options.IdleTimeout));
    }

    public ValueTask<bool> SendToClientAsync(ReadOnlyMemory<byte> bytes) => Context.SendAsync(_client, bytes);

    /// <summary>What of the body came with the head goes out with it.</summary>
    private void TakeBegunBody()
    {
        int taken = _body.Take(_received.Unread.Span);
        if (_requestLength + taken > _request!.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_requestLength + taken);
            _request.AsSpan(0, _requestLength).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_request);
            _request = larger;
        }
        _received.Unread.Span[..taken].CopyTo(_request.AsSpan(_requestLength));
        _requestLength += taken;
        _bytesIn = taken;
        _received.Use(taken);
        if (_received.IsEmpty)
            _received.Release();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RelayEnd> ExchangeAsync(SandboxConnection sandbox, ResponseRelay relay)
    {
        _answered = false;
        var request = _request.AsMemory(0, _requestLength);
        if (_body.IsWhole)
        {
            sandbox.ReceiveUntil(Context.Deadlines.In(ResponseTimeout));
            var sending = sandbox.SendAsync(request);
            if (!sending.IsCompleted)
                sandbox.SendUntil(Context.Deadlines.In(ResponseTimeout));
            // If it broke, an answer may be there all the same: a sandbox need not read what it refuses.
            await sending;
            sandbox.StopSendClock();
        }
        else
        {
            _client.OnEnd = null;
            _upload = new UploadRelay(this, _client, _received, sandbox, _body, _hasLength);
            _uploading = _upload.RunAsync(request);
        }
        return await relay.RunAsync(this, sandbox);
    }

    private ForwardResult Finish(SandboxConnection sandbox, bool isReusable)
    {
        var isSent = _upload is null ? _body.IsWhole : _upload.IsSent;
        if (isReusable && isSent && !IsOld && sandbox.StopReceiveClock())
            Context.Sandboxes.Keep(sandbox);
        else
            sandbox.Close();
        _after = _staysOpen ? After.NextRequest : After.Linger;
        return ForwardResult.Done;
    }

    private ForwardResult GiveUp(SandboxConnection sandbox, Claim claim, bool canRepeat)
    {
        var isTooSlow = sandbox.ReceiveIsOverdue;
        sandbox.Close(reset: true);
        if (_upload?.Fault is { } fault)
            return fault;
        if (_gone)
            return ForwardResult.ClientGone;
        if (isTooSlow)
        {
            Context.Log.UpstreamFailed(RouterMessages.UpstreamTooSlow(claim.Target, ResponseTimeout));
            return ForwardResult.TooSlow;
        }
        if (canRepeat)
            return ForwardResult.BrokenRepeatable;
        Context.Log.UpstreamFailed(RouterMessages.UpstreamBroke(claim.Target, RouterMessages.NoValidAnswer));
        return ForwardResult.Broken;
    }

    private async ValueTask<ForwardResult> TunnelAsync(SandboxConnection sandbox, Claim claim)
    {
        claim.MarkUpgraded();
        _client.OnEnd = null;
        int sent = _received.IsEmpty ? 0 : await sandbox.SendAsync(_received.Unread);
        _received.ReleaseAll();
        if (sent >= 0)
        {
            var tunnel = new Tunnel(_client, sandbox, Context);
            await tunnel.RunAsync();
            _bytesIn += tunnel.ToSandbox;
            _bytesOut += tunnel.ToClient;
        }
        sandbox.Close();
        return ForwardResult.Done;
    }

    private async ValueTask SendPageAsync(StatusPage page)
    {
        var close = page.Close || UploadIsOpen || !_keepsAlive || IsOld || Context.IsStopping;
        var response = page.Response(_acceptsHtml, IsHead, close, Context.Date.Now);
        _status = page.Status;
        _bytesOut = response.Length;
        var sent = await SendToClientAsync(response);
        _after = !sent ? After.Close : close ? After.Linger : After.NextRequest;
    }

    /// <summary>The response is out, the upload is not.</summary>
    private async ValueTask EndUploadAsync()
    {
        if (!_upload!.IsWhole)
        {
            _upload.Discard();
            _client.EndSending();
        }
        await _uploading;
    }

    /// <summary>False: there is nobody left to answer.</summary>
    private bool Attach(SandboxConnection sandbox)
    {
        lock (_lock)
        {
            if (!_gone)
            {
                _sandbox = sandbox;
                return true;
            }
        }
        sandbox.Close();
        return false;
    }

    /// <summary>From now on the sandbox's connection may become another request's.</summary>
    private void Detach()
    {
        lock (_lock)
            _sandbox = null;
    }

    private void ClientWent()
    {
        CancellationTokenSource? goneSource;
        lock (_lock)
        {
            _gone = true;
            goneSource = _goneSource;
            _sandbox?.Close(reset: true);
        }
        goneSource?.Cancel();
    }

    private void ReleaseRequest()
    {
        if (_request is null)
            return;
        ArrayPool<byte>.Shared.Return(_request);
        _request = null;
    }
}
