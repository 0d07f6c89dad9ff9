using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Berth.Router.Listening;

/// <summary>Passes sockets from one process to another over a unix socket (SCM_RIGHTS): the receiver gets the very sockets, with all connections that wait in them.</summary>
public static class SocketPassing
{
    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int CloseOnExec = 0x40000000;
    private const int MaxTextBytes = 4096;
    private const int MaxSockets = 64;

    private static readonly int HeaderSize = Marshal.SizeOf<ControlHeader>();

    /// <summary>Sends a text that is not empty, and sockets with it, which stay open here too.</summary>
    public static void Send(Socket over, ReadOnlySpan<byte> text, IReadOnlyList<Socket> sockets)
    {
        using var message = new Message(text.Length, sockets.Count);
        message.Text = text;
        Marshal.StructureToPtr(new ControlHeader { Length = (nuint)(HeaderSize + (sizeof(int) * sockets.Count)), Level = SolSocket, Type = ScmRights }, message.Control, false);
        for (int i = 0; i < sockets.Count; i++)
            Marshal.WriteInt32(message.Control, HeaderSize + (sizeof(int) * i), (int)sockets[i].SafeHandle.DangerousGetHandle());
        if (SendMessage((int)over.SafeHandle.DangerousGetHandle(), ref message.Header, 0) != text.Length)
            throw new IOException($"the sockets could not be passed on: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Waits for what <see cref="Send"/> sends.</summary>
    public static (byte[] Text, List<Socket> Sockets) Receive(Socket over, TimeSpan atMost)
    {
        using var message = new Message(MaxTextBytes, MaxSockets);
        if (!over.Poll(atMost, SelectMode.SelectRead))
            throw new IOException("no sockets were passed on in time");
        var length = (int)ReceiveMessage((int)over.SafeHandle.DangerousGetHandle(), ref message.Header, CloseOnExec);
        if (length <= 0)
            throw new IOException("no sockets were passed on");
        var sockets = new List<Socket>();
        var header = Marshal.PtrToStructure<ControlHeader>(message.Control);
        if (message.Header.ControlLength > 0 && header is { Level: SolSocket, Type: ScmRights })
        {
            for (int at = HeaderSize; at < (int)header.Length; at += sizeof(int))
                sockets.Add(new Socket(new SafeSocketHandle(Marshal.ReadInt32(message.Control, at), ownsHandle: true)));
        }
        return (message.Text[..length].ToArray(), sockets);
    }

    [DllImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static extern nint SendMessage(int socket, ref MessageHeader message, int flags);

    [DllImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static extern nint ReceiveMessage(int socket, ref MessageHeader message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public nint Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public nint Name;
        public uint NameLength;
        public nint Vectors;
        public nuint VectorCount;
        public nint Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Type;
    }

    /// <summary>A message's parts in memory that does not move.</summary>
    private sealed class Message : IDisposable
    {
        public MessageHeader Header;
        private readonly nint _memory;
        private readonly int _textLength;

        public Message(int textLength, int sockets)
        {
            int controlLength = (HeaderSize + (sizeof(int) * sockets) + 7) / 8 * 8;
            int vectorSize = Marshal.SizeOf<Vector>();
            _textLength = textLength;
            _memory = Marshal.AllocHGlobal(vectorSize + controlLength + textLength);
            Marshal.Copy(new byte[vectorSize + controlLength + textLength], 0, _memory, vectorSize + controlLength + textLength);
            Control = _memory + vectorSize;
            Marshal.StructureToPtr(new Vector { Base = Control + controlLength, Length = (nuint)textLength }, _memory, false);
            Header = new MessageHeader { Vectors = _memory, VectorCount = 1, Control = Control, ControlLength = (nuint)controlLength };
        }

        public nint Control { get; }

        public ReadOnlySpan<byte> Text
        {
            get
            {
                var text = new byte[_textLength];
                Marshal.Copy(Marshal.PtrToStructure<Vector>(_memory).Base, text, 0, text.Length);
                return text;
            }
            set => Marshal.Copy(value.ToArray(), 0, Marshal.PtrToStructure<Vector>(_memory).Base, value.Length);
        }

        public void Dispose() => Marshal.FreeHGlobal(_memory);
    }
}
