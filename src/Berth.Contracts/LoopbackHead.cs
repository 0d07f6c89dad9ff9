using System.Globalization;
using System.Net;
using System.Text;

namespace Berth.Contracts;

/// <summary>Status line and headers of an answer: what this client asks of them.</summary>
internal sealed class LoopbackHead
{
    /// <summary>Longest head, its last empty line included.</summary>
    public const int MaxBytes = 32 * 1024;

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="InvalidDataException">It is no such head.</exception>
    private LoopbackHead(string text, int bytes)
    {
        Bytes = bytes;
        var lines = text.Split("\r\n");
        Status = lines[0].StartsWith("HTTP/1.", StringComparison.Ordinal) && lines[0].Length >= 12 && int.TryParse(lines[0].AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? (HttpStatusCode)status
            : throw new InvalidDataException();
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            _headers[colon < 0 ? "" : line[..colon]] = line[(colon + 1)..].Trim();
        }
        if (_headers.TryGetValue("Content-Length", out var given))
            ContentLength = int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : throw new InvalidDataException();
    }

    /// <summary>Where the body begins.</summary>
    public int Bytes { get; }

    public HttpStatusCode Status { get; }

    public int? ContentLength { get; }

    public bool Chunked => _headers.ContainsKey("Transfer-Encoding");

    /// <summary>Without its parameters.</summary>
    public string? MediaType => _headers.GetValueOrDefault("Content-Type")?.Split(';')[0].Trim();

    public string? Location => _headers.GetValueOrDefault("Location");

    /// <summary>Null as long as more of it must come.</summary>
    /// <exception cref="InvalidDataException">It is no head of an HTTP answer, or too long.</exception>
    public static LoopbackHead? Find(ReadOnlySpan<byte> received)
    {
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return received.Length < MaxBytes ? null : throw new InvalidDataException();
        return new LoopbackHead(Encoding.Latin1.GetString(received[..end]), end + 4);
    }
}
