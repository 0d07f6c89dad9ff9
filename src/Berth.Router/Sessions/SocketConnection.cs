using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Berth.Router.Sessions;

/// <summary>A <see cref="ByteConnection"/> that is a TCP socket.</summary>
public class SocketConnection(Socket socket) : ByteConnection
{
    /// <summary>POLLIN: bytes, or the end of them.</summary>
    protected const short AnyInput = 0x1;

    /// <summary>POLLRDHUP: the end, also with bytes before it.</summary>
    private const short InputEnd = 0x2000;

    private readonly SocketOperation _receiving = new();
    private SocketOperation? _sending;
    private int _closed;

    public Socket Socket { get; } = socket;

    public override IPAddress Peer
    {
        get
        {
            try
            {
                var peer = ((IPEndPoint)Socket.RemoteEndPoint!).Address;
                return peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or NullReferenceException)
            {
                // It is gone already; nothing that is sent to it arrives.
                return IPAddress.None;
            }
        }
    }

    public override string Scheme => "http";

    public bool IsClosed => Volatile.Read(ref _closed) == 1;

    /// <summary>Called once, when it closes.</summary>
    public Action<SocketConnection>? OnClosed { get; init; }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer) => _receiving.ReceiveAsync(Socket, buffer);

    public override ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        _sending ??= new SocketOperation();
        var sending = _sending.SendAsync(Socket, bytes);
        if (!sending.IsCompletedSuccessfully)
            return SendRestAsync(sending, bytes);
        // Taken once: on a second look the operation may be at the next send.
        int sent = sending.Result;
        return sent < 0 || sent == bytes.Length ? new ValueTask<int>(sent) : SendRestAsync(new ValueTask<int>(sent), bytes);
    }

    public override void EndSending() => Shutdown(SocketShutdown.Send);

    public override void Close(bool reset = false)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1)
            return;
        if (reset)
        {
            try
            {
                Socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Broken already: then the other side knows.
            }
        }
        Socket.Dispose();
        OnClosed?.Invoke(this);
    }

    public override bool HasEnded() => IsClosed || Shows(InputEnd);

    /// <summary>Whether the kernel tells one of <paramref name="events"/> of the socket now, or that it is broken.</summary>
    protected bool Shows(short events)
    {
        var poll = new PollFd { Fd = (int)Socket.SafeHandle.DangerousGetHandle(), Events = events };
        return Poll(ref poll, 1, 0) > 0;
    }

    protected override void EndReceiving() => Shutdown(SocketShutdown.Receive);

    private void Shutdown(SocketShutdown direction)
    {
        try
        {
            Socket.Shutdown(direction);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Broken already.
        }
    }

    private async ValueTask<int> SendRestAsync(ValueTask<int> sending, ReadOnlyMemory<byte> bytes)
    {
        int length = bytes.Length;
        while (true)
        {
            int sent = await sending;
            if (sent < 0)
                return sent;
            bytes = bytes[sent..];
            if (bytes.IsEmpty)
                return length;
            sending = _sending!.SendAsync(Socket, bytes);
        }
    }

    [DllImport("libc", EntryPoint = "poll")]
    private static extern int Poll(ref PollFd descriptors, nuint count, int timeoutMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }
}
