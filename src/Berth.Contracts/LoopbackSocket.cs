using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Contracts;

/// <summary>
/// A blocking connection to a server on this machine, by the calls of the system itself: the first <see cref="Socket"/> of a process takes a tenth of what a command may
/// take (docs/adr/0061). One caller; only <see cref="Abort"/> may come from elsewhere. What the system refuses is an <see cref="IOException"/> with its words.
/// </summary>
internal sealed partial class LoopbackSocket : IDisposable
{
    private const int Stream = 1;
    private const int CloseOnExec = 0x80000;
    private const int InterNetwork = 2;
    private const int InterNetworkV6 = 10;
    private const int Both = 2;
    private const int NoSignal = 0x4000;
    private const short Readable = 1;
    private const int Interrupted = 4;

    private readonly SafeFileHandle _handle;
    private volatile bool _aborted;

    private LoopbackSocket(AddressFamily family)
    {
        var descriptor = Open(family == AddressFamily.InterNetworkV6 ? InterNetworkV6 : InterNetwork, Stream | CloseOnExec, 0);
        _handle = descriptor < 0 ? throw Failed() : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    public static LoopbackSocket Connect(SocketAddress server, CancellationToken ct)
    {
        var socket = new LoopbackSocket(server.Family);
        using var stop = ct.UnsafeRegister(static aborted => ((LoopbackSocket)aborted!).Abort(), socket);
        if (Connect(socket._handle, ref MemoryMarshal.GetReference(server.Buffer.Span), server.Size) == 0 && !socket._aborted)
            return socket;
        var failed = Failed();
        socket.Dispose();
        ct.ThrowIfCancellationRequested();
        throw failed;
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var sent = Send(_handle, ref MemoryMarshal.GetReference(bytes), bytes.Length, NoSignal);
            if (sent > 0)
                bytes = bytes[(int)sent..];
            else if (Marshal.GetLastPInvokeError() != Interrupted)
                throw Failed();
        }
    }

    /// <returns>0 at the connection's end; null when the time is over.</returns>
    public int? Receive(Span<byte> buffer, TimeSpan limit)
    {
        var deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (true)
        {
            var ready = WaitUntilReadable((int)Math.Max(0, deadline - Environment.TickCount64));
            ThrowIfAborted();
            if (ready == 0)
                return null;
            var count = ready < 0 ? -1 : Receive(_handle, ref MemoryMarshal.GetReference(buffer), buffer.Length, 0);
            if (count >= 0)
                return (int)count;
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw Failed();
        }
    }

    /// <summary>Whatever waits for the connection ends with an <see cref="IOException"/>.</summary>
    public void Abort()
    {
        _aborted = true;
        _ = Shutdown(_handle, Both);
    }

    /// <summary>As a socket of the framework, which owns the connection from now on.</summary>
    public Socket Detach()
    {
        var handle = new SafeSocketHandle(_handle.DangerousGetHandle(), ownsHandle: true);
        _handle.SetHandleAsInvalid();
        return new Socket(handle);
    }

    public void Dispose() => _handle.Dispose();

    private int WaitUntilReadable(int milliseconds)
    {
        var waited = new PollDescriptor { Descriptor = (int)_handle.DangerousGetHandle(), Events = Readable };
        return Poll(ref waited, 1, milliseconds);
    }

    private void ThrowIfAborted()
    {
        if (_aborted)
            throw new IOException("aborted");
    }

    private static IOException Failed() => new(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Open(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(SafeFileHandle socket, ref byte address, int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeFileHandle socket, ref byte bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeFileHandle socket, ref byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int Shutdown(SafeFileHandle socket, int how);
}
