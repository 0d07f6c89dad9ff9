using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Engines.Docker;

/// <summary>
/// A connection that began as an HTTP request and is the program's stdin and stdout since the engine agreed (101). Made by hand on
/// the socket, because the end of input is a half-closed connection, which HTTP clients do not offer.
/// </summary>
internal sealed class HijackedConnection : IDisposable
{
    /// <summary>More than any head of the engine; what is longer is no answer of its.</summary>
    private const int MaxHead = 16 * 1024;

    private readonly NetworkStream _stream;
    private readonly byte[] _early;
    private int _earlyRead;

    private HijackedConnection(NetworkStream stream, byte[] early, DockerReply? refusal)
    {
        _stream = stream;
        _early = early;
        Refusal = refusal;
    }

    /// <summary>Null where the engine agreed.</summary>
    public DockerReply? Refusal { get; }

    public static async Task<HijackedConnection> OpenAsync(NetworkStream stream, string path, byte[] body, CancellationToken ct)
    {
        try
        {
            var head = string.Create(CultureInfo.InvariantCulture,
                $"POST {path} HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
            await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], ct);

            var buffer = new byte[MaxHead];
            int length = 0;
            int end;
            while ((end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
            {
                int read = length == MaxHead ? 0 : await stream.ReadAsync(buffer.AsMemory(length), ct);
                if (read == 0)
                    throw new IOException("the connection ended within the answer's head");
                length += read;
            }
            var lines = Encoding.ASCII.GetString(buffer, 0, end).Split("\r\n");
            var status = StatusOf(lines[0]);
            var rest = buffer[(end + 4)..length];
            if (status is HttpStatusCode.SwitchingProtocols or HttpStatusCode.OK)
                return new HijackedConnection(stream, rest, null);
            var reason = await ReadRefusalAsync(stream, lines, rest, ct);
            await stream.DisposeAsync();
            return new HijackedConnection(stream, [], new DockerReply(status, reason, $"POST {path}"));
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct)
    {
        // What the engine sent right behind its head was read along with it.
        int early = Math.Min(_early.Length - _earlyRead, buffer.Length);
        if (early == 0)
            return await _stream.ReadAsync(buffer, ct);
        _early.AsMemory(_earlyRead, early).CopyTo(buffer);
        _earlyRead += early;
        return early;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct) => _stream.WriteAsync(bytes, ct);

    public void CloseInput() => _stream.Socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _stream.Dispose();

    private static HttpStatusCode StatusOf(string line) =>
        line.StartsWith("HTTP/1.", StringComparison.Ordinal) && line.Split(' ') is [_, var code, ..] && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? (HttpStatusCode)status
            : throw new IOException("the answer is not HTTP");

    private static async Task<byte[]> ReadRefusalAsync(NetworkStream stream, string[] head, byte[] early, CancellationToken ct)
    {
        const string name = "Content-Length:";
        var line = head.FirstOrDefault(h => h.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        if (line is null || !int.TryParse(line.AsSpan(name.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            return early;
        var body = new byte[Math.Min(length, MaxHead)];
        int have = Math.Min(early.Length, body.Length);
        early.AsSpan(0, have).CopyTo(body);
        await stream.ReadExactlyAsync(body.AsMemory(have), ct);
        return body;
    }
}
