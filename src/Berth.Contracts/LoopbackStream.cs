using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Berth.Contracts;

/// <summary>
/// An answer that goes on, from a server on this machine over a plain socket: its head, then its body as it comes. The body is chunked (RFC 9112,
/// section 7.1), has a length, or lasts as long as the connection; one that ends too early is an <see cref="IOException"/>. One reader. Disposing closes the connection.
/// </summary>
internal sealed class LoopbackStream : Stream
{
    /// <summary>Longest line that gives a chunk's size.</summary>
    private const int MaxSizeLineBytes = 256;

    private readonly NetworkStream _connection;
    private readonly byte[] _buffer = new byte[LoopbackHead.MaxBytes];
    private int _from;
    private int _to;
    private bool _chunked;
    private bool _firstChunk = true;
    private long _left;

    /// <param name="connected">A request was sent over it; it belongs to this stream from now on.</param>
    public LoopbackStream(Socket connected) => _connection = new NetworkStream(connected, ownsSocket: true);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The connection ended before the head did.</exception>
    /// <exception cref="InvalidDataException">What came is no head of an HTTP answer.</exception>
    public async Task<LoopbackHead> ReadHeadAsync(CancellationToken ct)
    {
        LoopbackHead? head;
        while ((head = LoopbackHead.Find(_buffer.AsSpan(0, _to))) is null)
            await FillAsync(ct).ConfigureAwait(false);
        _from = head.Bytes;
        _chunked = head.Chunked;
        _left = _chunked ? 0 : head.ContentLength ?? long.MaxValue;
        return head;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_chunked && _left == 0)
            await NextChunkAsync(cancellationToken).ConfigureAwait(false);
        if (_left == 0)
            return 0;
        if (_from == _to && !await TryFillAsync(cancellationToken).ConfigureAwait(false))
            return _left == long.MaxValue ? 0 : throw Broken();
        var count = (int)Math.Min(Math.Min(buffer.Length, _to - _from), _left);
        _buffer.AsSpan(_from, count).CopyTo(buffer.Span);
        _from += count;
        _left -= _left == long.MaxValue ? 0 : count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _connection.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Leaves the next chunk's size in <see cref="_left"/>. After the last one, of size 0, the body is no longer chunked: what may follow it is of no interest.</summary>
    private async ValueTask NextChunkAsync(CancellationToken ct)
    {
        if (!_firstChunk && await ReadLineAsync(ct).ConfigureAwait(false) != "")
            throw Broken();
        _firstChunk = false;
        var line = await ReadLineAsync(ct).ConfigureAwait(false);
        if (!long.TryParse(line.Split(';')[0].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0)
            throw Broken();
        _chunked = _left > 0;
    }

    private async ValueTask<string> ReadLineAsync(CancellationToken ct)
    {
        int end;
        while ((end = _buffer.AsSpan(_from, _to - _from).IndexOf("\r\n"u8)) < 0)
        {
            if (_to - _from > MaxSizeLineBytes)
                throw Broken();
            await FillAsync(ct).ConfigureAwait(false);
        }
        var line = Encoding.Latin1.GetString(_buffer, _from, end);
        _from += end + 2;
        return line;
    }

    private async ValueTask FillAsync(CancellationToken ct)
    {
        if (!await TryFillAsync(ct).ConfigureAwait(false))
            throw Broken();
    }

    /// <summary>Reads more behind what is not yet taken; false at the connection's end.</summary>
    private async ValueTask<bool> TryFillAsync(CancellationToken ct)
    {
        _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
        (_from, _to) = (0, _to - _from);
        var count = await _connection.ReadAsync(_buffer.AsMemory(_to), ct).ConfigureAwait(false);
        _to += count;
        return count > 0;
    }

    private static IOException Broken() => new("the connection ended within the answer");
}
