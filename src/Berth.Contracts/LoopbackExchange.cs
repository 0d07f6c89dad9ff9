using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Contracts;

/// <summary>
/// One request and its whole answer with a server on this machine, over a plain socket. A command lives for one such exchange, and to start
/// <see cref="HttpClient"/> for it takes 45 ms of the 100 that a command may take. HTTP/1.0 keeps it small: the answer is not chunked and ends with
/// the connection. Blocks its thread. Streams, uploads, TLS and other machines go through <see cref="HttpClient"/>.
/// </summary>
internal sealed class LoopbackExchange(Uri url, string? token, BerthClientOptions options)
{
    /// <summary>Longest status line and headers together.</summary>
    private const int MaxHeadBytes = 32 * 1024;

    private const int FirstBufferBytes = 16 * 1024;

    public static bool IsFor(Uri url) => url.Scheme == Uri.UriSchemeHttp && url.IsLoopback;

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
            Connect(socket);
            socket.Send(Head(method, path, body));
            if (body is not null)
                socket.Send(body);
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

    private byte[] Head(HttpMethod method, string path, byte[]? body)
    {
        var head = new StringBuilder();
        head.Append(method.Method).Append(' ').Append(path).Append(" HTTP/1.0\r\nHost: ").Append(url.Authority).Append("\r\n");
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
        int length = 0, headLength = -1;
        Dictionary<string, string>? headers = null;
        long end = long.MaxValue;
        while (length < end)
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, checked(buffer.Length * 2));
            socket.ReceiveTimeout = (int)Math.Max(1, deadline - Environment.TickCount64);
            var count = socket.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
            if (count == 0)
                break;
            length += count;
            if (headers is null && (headLength = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) >= 0)
            {
                headers = Headers(buffer.AsSpan(0, headLength));
                end = headers.TryGetValue("content-length", out var given) ? headLength + 4 + ParseLength(given) : long.MaxValue;
            }
            if (length > options.MaxAnswerBytes + MaxHeadBytes || (headers is null && length > MaxHeadBytes))
                throw new InvalidDataException();
        }
        if (headers is null || (end != long.MaxValue && length < end))
            throw Lost(null);
        var bodyStart = headLength + 4;
        return new Answer(Status(headers[""]), headers.GetValueOrDefault("content-type")?.Split(';')[0].Trim(), headers.GetValueOrDefault("location"),
            buffer[bodyStart..(int)Math.Min(length, end)]);
    }

    /// <summary>Lower-case names; the status line is under the empty one.</summary>
    private static Dictionary<string, string> Headers(ReadOnlySpan<byte> head)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Encoding.Latin1.GetString(head).Split("\r\n"))
        {
            var colon = headers.Count == 0 ? -1 : line.IndexOf(':', StringComparison.Ordinal);
            headers[colon < 0 ? "" : line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }
        // Asked by HTTP/1.0, no server may answer so.
        return headers.ContainsKey("transfer-encoding") ? throw new InvalidDataException() : headers;
    }

    private static HttpStatusCode Status(string line) =>
        line.StartsWith("HTTP/1.", StringComparison.Ordinal) && line.Length >= 12 && int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? (HttpStatusCode)status
            : throw new InvalidDataException();

    private static long ParseLength(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : throw new InvalidDataException();

    private BerthUnreachableException Lost(Exception? inner) => new(url, ClientMessages.ConnectionLost(url), inner);
}
