using System.Collections.Concurrent;
using System.Net.Sockets;
using Berth.Router.Sessions;

namespace Berth.Router.Listening;

/// <summary>Runs the sessions of HTTP/1.1 and knows which there are.</summary>
public sealed class SessionServer(SessionContext context, Http2Handover http2)
{
    private readonly ConcurrentDictionary<ClientSession, SocketConnection> _sessions = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <summary>Begins a session with a client; above the limit closes at once.</summary>
    public void Take(Socket socket)
    {
        if (Interlocked.Increment(ref _count) > context.Options.MaxConnections)
        {
            socket.Dispose();
            Left();
            return;
        }
        var client = new SocketConnection(socket) { OnClosed = context.Deadlines.Forget };
        context.Deadlines.Watch(client);
        var session = new ClientSession(client, context, received => http2.ServeAsync(client, received));
        _sessions.TryAdd(session, client);
        _ = RunAsync(session);
    }

    /// <summary>
    /// No session keeps its connection for another request. Those that wait for one are ended after <paramref name="idle"/>; all when <paramref name="ct"/> is
    /// cancelled. Returns when none is left.
    /// </summary>
    public async Task StopAsync(TimeSpan idle, CancellationToken ct)
    {
        context.StopIdleAt = context.Deadlines.In(idle);
        context.IsStopping = true;
        foreach (var session in _sessions.Keys)
            session.EndWhenIdle(context.StopIdleAt);
        if (idle <= TimeSpan.Zero)
            context.Deadlines.CheckAll();
        using var cut = ct.UnsafeRegister(static server => ((SessionServer)server!).CutAll(), this);
        if (Volatile.Read(ref _count) > 0)
            await _empty.Task;
    }

    private async Task RunAsync(ClientSession session)
    {
        await session.RunAsync();
        _sessions.TryRemove(session, out _);
        Left();
    }

    private void Left()
    {
        if (Interlocked.Decrement(ref _count) == 0 && context.IsStopping)
            _empty.TrySetResult();
    }

    private void CutAll()
    {
        foreach (var client in _sessions.Values)
            client.Close(reset: true);
        // What their requests wait for is told at once.
        context.Deadlines.CheckAll();
    }
}
