using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using Berth.Router.Sessions;
using Berth.Router.Tls;

namespace Berth.Router.Listening;

/// <summary>Runs the sessions of HTTP/1.1, begins TLS where that is spoken, and knows all clients that it has.</summary>
/// <param name="http2">Goes on with connections that turn out to be HTTP/2.</param>
/// <param name="http1">Goes on with HTTP/1.1 after TLS has begun; null: a session does.</param>
public sealed class SessionServer(SessionContext context, Certificates certificates, KestrelHandover http2, KestrelHandover? http1)
{
    // The value is null while there is no session: TLS begins, or another server has the connection.
    private readonly ConcurrentDictionary<SocketConnection, ClientSession?> _clients = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <summary>Begins a session with a client; above the limit closes at once.</summary>
    public void Take(Socket socket)
    {
        if (LetIn(socket))
            _ = RunAsync(new SocketConnection(socket) { OnClosed = context.Deadlines.Forget }, ServeAsync);
    }

    /// <summary>The same with TLS before it.</summary>
    public void TakeTls(Socket socket)
    {
        if (LetIn(socket))
            _ = RunAsync(new TlsConnection(socket) { OnClosed = context.Deadlines.Forget }, ServeTlsAsync);
    }

    /// <summary>
    /// No session keeps its connection for another request. Those that wait for one are ended after <paramref name="idle"/>; all when <paramref name="ct"/> is
    /// cancelled. Returns when none is left.
    /// </summary>
    public async Task StopAsync(TimeSpan idle, CancellationToken ct)
    {
        context.StopIdleAt = context.Deadlines.In(idle);
        context.IsStopping = true;
        foreach (var session in _clients.Values)
            session?.EndWhenIdle(context.StopIdleAt);
        if (idle <= TimeSpan.Zero)
            context.Deadlines.CheckAll();
        using var cut = ct.UnsafeRegister(static server => ((SessionServer)server!).CutAll(), this);
        if (Volatile.Read(ref _count) > 0)
            await _empty.Task;
    }

    private bool LetIn(Socket socket)
    {
        if (Interlocked.Increment(ref _count) <= context.Options.MaxConnections)
            return true;
        socket.Dispose();
        Left();
        return false;
    }

    private async Task RunAsync<T>(T client, Func<T, Task> serve)
        where T : SocketConnection
    {
        context.Deadlines.Watch(client);
        _clients.TryAdd(client, null);
        await serve(client);
        client.Close();
        _clients.TryRemove(client, out _);
        Left();
    }

    private Task ServeAsync(SocketConnection client)
    {
        var session = new ClientSession(client, context, received => http2.ServeAsync(client, received));
        _clients[client] = session;
        return session.RunAsync();
    }

    private async Task ServeTlsAsync(TlsConnection client)
    {
        client.ReceiveUntil(context.Deadlines.In(context.Options.RequestHeadTimeout));
        client.SendUntil(context.Deadlines.In(context.Options.RequestHeadTimeout));
        if (!await client.HandshakeAsync(certificates))
            return;
        client.StopSendClock();
        if (client.Stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2)
            await http2.ServeAsync(client, default);
        else if (http1 is not null)
            await http1.ServeAsync(client, default);
        else
            await ServeAsync(client);
    }

    private void Left()
    {
        if (Interlocked.Decrement(ref _count) == 0 && context.IsStopping)
            _empty.TrySetResult();
    }

    private void CutAll()
    {
        foreach (var client in _clients.Keys)
            client.Close(reset: true);
        // What their requests wait for is told at once.
        context.Deadlines.CheckAll();
    }
}
