using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Berth.Router.Sessions;

/// <summary>One direction of a socket, awaitable again and again without an allocation. What fails is a number below zero: broken connections are everyday, and exceptions dear.</summary>
public sealed class SocketOperation() : SocketAsyncEventArgs(true), IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _result;

    public ValueTask<int> ReceiveAsync(Socket socket, Memory<byte> buffer)
    {
        SetBuffer(buffer);
        return Start(socket, static (socket, operation) => socket.ReceiveAsync(operation));
    }

    public ValueTask<int> SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        // Only read from: the type has no read-only way.
        SetBuffer(MemoryMarshal.AsMemory(bytes));
        return Start(socket, static (socket, operation) => socket.SendAsync(operation));
    }

    public ValueTask<int> ConnectAsync(Socket socket, EndPoint to)
    {
        RemoteEndPoint = to;
        return Start(socket, static (socket, operation) => socket.ConnectAsync(operation));
    }

    public int GetResult(short token) => _result.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _result.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _result.OnCompleted(continuation, state, token, flags);

    protected override void OnCompleted(SocketAsyncEventArgs e) => _result.SetResult(Result());

    private ValueTask<int> Start(Socket socket, Func<Socket, SocketAsyncEventArgs, bool> start)
    {
        _result.Reset();
        try
        {
            return start(socket, this) ? new ValueTask<int>(this, _result.Version) : new ValueTask<int>(Result());
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException or InvalidOperationException)
        {
            return new ValueTask<int>(-1);
        }
    }

    private int Result() => SocketError == SocketError.Success ? BytesTransferred : -1;
}
