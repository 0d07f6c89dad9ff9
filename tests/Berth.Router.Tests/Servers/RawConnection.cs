using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Router.Tests.Servers;

/// <summary>One end of a TCP connection, for tests that care about bytes. Text is Latin-1: a character is a byte.</summary>
public sealed class RawConnection(Socket socket) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<byte> _unread = [];

    public static async Task<RawConnection> ToAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
        return new RawConnection(socket);
    }

    public async Task WriteAsync(string text) => await WriteAsync(Encoding.Latin1.GetBytes(text));

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, TestContext.Current.CancellationToken)..];
    }

    /// <summary>Up to and with the empty line; null if the other side closes before the first byte.</summary>
    public async Task<string?> ReadHeadAsync() => await ReadUntilAsync("\r\n\r\n");

    /// <summary>Up to and with <paramref name="mark"/>; null if the other side closes before the first byte.</summary>
    public async Task<string?> ReadUntilAsync(string mark)
    {
        while (true)
        {
            var text = Encoding.Latin1.GetString([.. _unread]);
            int end = text.IndexOf(mark, StringComparison.Ordinal);
            if (end >= 0)
            {
                _unread.RemoveRange(0, end + mark.Length);
                return text[..(end + mark.Length)];
            }
            if (!await FillAsync())
                return _unread.Count == 0 ? null : throw new EndOfStreamException($"closed after: {text}");
        }
    }

    public async Task<string> ReadAsync(int count)
    {
        while (_unread.Count < count)
        {
            if (!await FillAsync())
                throw new EndOfStreamException($"closed after {_unread.Count} of {count} bytes");
        }
        var text = Encoding.Latin1.GetString([.. _unread.Take(count)]);
        _unread.RemoveRange(0, count);
        return text;
    }

    /// <summary>All that comes until the other side closes or resets.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await FillAsync())
        {
        }
        var text = Encoding.Latin1.GetString([.. _unread]);
        _unread.Clear();
        return text;
    }

    /// <summary>No more from this side; the other may go on.</summary>
    public void HalfClose() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with a reset instead of an end.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> FillAsync()
    {
        var buffer = new byte[64 * 1024];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, patience.Token);
            _unread.AddRange(buffer[..read]);
            return read > 0;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
        {
            return false;
        }
    }
}
