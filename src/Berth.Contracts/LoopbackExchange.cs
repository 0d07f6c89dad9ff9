using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Berth.Contracts;

/// <summary>
/// One request with a server on this machine and its answer, over a plain socket. A command lives for one such exchange, and to start
/// <see cref="HttpClient"/> for it takes 45 ms of the 100 that a command may take. Uploads, shells, TLS and other machines go through <see cref="HttpClient"/>.
/// </summary>
internal sealed class LoopbackExchange(Uri url, string? token, BerthClientOptions options)
{
    private const int FirstBufferBytes = 16 * 1024;

    public static bool IsFor(Uri url) => url.Scheme == Uri.UriSchemeHttp && url.IsLoopback;

    /// <summary>A whole answer. Blocks its thread. HTTP/1.0 keeps it small: the answer is not chunked and ends with the connection.</summary>
    /// <param name="path">Absolute, with its query, already escaped.</param>
    /// <exception cref="BerthUnreachableException">No connection, no answer in time, or only a part of one.</exception>
    /// <exception cref="InvalidDataException">What came is no HTTP answer, or a larger one than allowed.</exception>
    public Answer Send(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        // Whatever blocks below ends with an exception when the socket is closed under it.
        using var stop = ct.UnsafeRegister(static closed => ((Socket)closed!).Dispose(), socket);
        try
        {
            Ask(socket, "1.0", method, path, body);
            return Receive(socket);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            ct.ThrowIfCancellationRequested();
            throw e is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock }
                ? new BerthUnreachableException(url, ClientMessages.NoAnswer(url, options.AnswerTimeout), e)
                : Lost(e);
        }
    }

    /// <summary>An answer that goes on: chunked as HTTP/1.1 has it, so that one that was cut off is told from one that ended.</summary>
    /// <returns>The body, or what is no success, whole.</returns>
    /// <inheritdoc cref="Send"/>
    public async Task<(LoopbackStream? Body, Answer? Refusal)> OpenAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var isHandedOver = false;
        try
        {
            Ask(socket, "1.1", method, path, body);
            var stream = new LoopbackStream(socket);
            var head = await stream.ReadHeadAsync(ct).ConfigureAwait(false);
            if ((int)head.Status is < 200 or >= 300)
                return (null, await RestAsync(head, stream, ct).ConfigureAwait(false));
            isHandedOver = true;
            return (stream, null);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw Lost(e);
        }
        finally
        {
            if (!isHandedOver)
                socket.Dispose();
        }
    }

    private void Ask(Socket socket, string version, HttpMethod method, string path, byte[]? body)
    {
        Connect(socket);
        socket.Send(Head(version, method, path, body));
        if (body is not null)
            socket.Send(body);
    }

    private void Connect(Socket socket)
    {
        try
        {
            socket.Connect(url.DnsSafeHost, url.Port);
        }
        catch (SocketException e)
        {
            throw new BerthUnreachableException(url, ClientMessages.Unreachable(url, e.Message), e);
        }
    }

    private byte[] Head(string version, HttpMethod method, string path, byte[]? body)
    {
        var head = new StringBuilder();
        head.Append(method.Method).Append(' ').Append(path).Append(" HTTP/").Append(version).Append("\r\nConnection: close\r\nHost: ").Append(url.Authority).Append("\r\n");
        if (token is not null)
            head.Append("Authorization: Bearer ").Append(token).Append("\r\n");
        if (body is not null)
            head.Append("Content-Type: application/json\r\n");
        if (body is not null || method != HttpMethod.Get)
            head.Append("Content-Length: ").Append((body?.Length ?? 0).ToString(CultureInfo.InvariantCulture)).Append("\r\n");
        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    private Answer Receive(Socket socket)
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
            socket.ReceiveTimeout = (int)Math.Max(1, deadline - Environment.TickCount64);
            var count = socket.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
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

    private BerthUnreachableException Lost(Exception? inner) => new(url, ClientMessages.ConnectionLost(url), inner);
}
