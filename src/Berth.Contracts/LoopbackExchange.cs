using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Berth.Contracts;

/// <summary>
/// One request with a server on this machine and its answer, over a plain socket. A command lives for one such exchange, and to start
/// <see cref="HttpClient"/> for it takes 45 ms of the 100 that a command may take. Uploads, shells, TLS and other machines go through <see cref="HttpClient"/>.
/// </summary>
internal sealed class LoopbackExchange(ServerAddress server, string? token, BerthClientOptions options)
{
    private const int FirstBufferBytes = 16 * 1024;

    /// <summary>A whole answer. Blocks its thread. HTTP/1.0 keeps it small: the answer is not chunked and ends with the connection.</summary>
    /// <param name="path">Below the server's own, with its query, already escaped.</param>
    /// <exception cref="BerthUnreachableException">No connection, no answer in time, or only a part of one.</exception>
    /// <exception cref="InvalidDataException">What came is no HTTP answer, or a larger one than allowed.</exception>
    public Answer Send(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        using var socket = Connect(ct);
        using var stop = ct.UnsafeRegister(static aborted => ((LoopbackSocket)aborted!).Abort(), socket);
        try
        {
            socket.Send(Request("1.0", method, path, body));
            return Receive(socket);
        }
        catch (IOException e)
        {
            ct.ThrowIfCancellationRequested();
            throw Lost(e);
        }
    }

    /// <summary>An answer that goes on: chunked as HTTP/1.1 has it, so that one that was cut off is told from one that ended.</summary>
    /// <returns>The body, or what is no success, whole.</returns>
    /// <inheritdoc cref="Send"/>
    public async Task<(LoopbackStream? Body, Answer? Refusal)> OpenAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        LoopbackStream? stream = null;
        try
        {
            using (var socket = Connect(ct))
            {
                socket.Send(Request("1.1", method, path, body));
                stream = new LoopbackStream(socket.Detach());
            }
            var head = await stream.ReadHeadAsync(ct).ConfigureAwait(false);
            if ((int)head.Status is < 200 or >= 300)
                return (null, await RestAsync(head, stream, ct).ConfigureAwait(false));
            var opened = stream;
            stream = null;
            return (opened, null);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw Lost(e);
        }
        finally
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private LoopbackSocket Connect(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Exception? refused = null;
        try
        {
            foreach (var at in server.SocketAddresses())
            {
                try
                {
                    return LoopbackSocket.Connect(at, ct);
                }
                catch (IOException e)
                {
                    refused = e;
                }
            }
        }
        catch (SocketException e)
        {
            refused = e;
        }
        throw new BerthUnreachableException(ClientMessages.Unreachable(server, refused?.Message ?? "its name has no address"), refused);
    }

    private byte[] Request(string version, HttpMethod method, string path, byte[]? body)
    {
        var head = new StringBuilder();
        head.Append(method.Method).Append(' ').Append(server.Prefix).Append(path).Append(" HTTP/").Append(version).Append("\r\nConnection: close\r\nHost: ").Append(server.Authority).Append("\r\n");
        if (token is not null)
            head.Append("Authorization: Bearer ").Append(token).Append("\r\n");
        if (body is not null)
            head.Append("Content-Type: application/json\r\n");
        if (body is not null || method != HttpMethod.Get)
            head.Append("Content-Length: ").Append((body?.Length ?? 0).ToString(CultureInfo.InvariantCulture)).Append("\r\n");
        var bytes = Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
        return body is null ? bytes : [.. bytes, .. body];
    }

    private Answer Receive(LoopbackSocket socket)
    {
        var deadline = Environment.TickCount64 + (long)options.AnswerTimeout.TotalMilliseconds;
        var buffer = new byte[FirstBufferBytes];
        var length = 0;
        LoopbackHead? head = null;
        var end = long.MaxValue;
        while (length < end)
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, checked(buffer.Length * 2));
            var count = socket.Receive(buffer.AsSpan(length), TimeSpan.FromMilliseconds(deadline - Environment.TickCount64))
                ?? throw new BerthUnreachableException(ClientMessages.NoAnswer(server, options.AnswerTimeout), null);
            if (count == 0)
                break;
            length += count;
            if (head is null && (head = LoopbackHead.Find(buffer.AsSpan(0, length))) is not null)
                end = head.ContentLength is { } given ? head.Bytes + (long)given : long.MaxValue;
            // Asked by HTTP/1.0, no server may answer in chunks.
            if (length > options.MaxAnswerBytes + LoopbackHead.MaxBytes || head?.Chunked == true)
                throw new InvalidDataException();
        }
        return head is null || (end != long.MaxValue && length < end)
            ? throw Lost(null)
            : new Answer(head.Status, head.MediaType, head.Location, buffer[head.Bytes..(int)Math.Min(length, end)]);
    }

    private async Task<Answer> RestAsync(LoopbackHead head, LoopbackStream body, CancellationToken ct)
    {
        using var rest = new MemoryStream();
        var buffer = new byte[FirstBufferBytes];
        while (await body.ReadAsync(buffer, ct).ConfigureAwait(false) is > 0 and var count)
        {
            rest.Write(buffer, 0, count);
            if (rest.Length > options.MaxAnswerBytes)
                throw new InvalidDataException();
        }
        return new Answer(head.Status, head.MediaType, head.Location, rest.ToArray());
    }

    private BerthUnreachableException Lost(Exception? inner) => new(ClientMessages.ConnectionLost(server), inner);
}
