using System.IO.Compression;

namespace Berth.Builds.Sources;

/// <summary>
/// What a tar reader reads from: unzips where the upload is gzipped, and bounds what a small upload can make of itself: bytes in all, and bytes
/// asked for at once (a tar reader takes an extended header in one piece, whatever length the header claims).
/// </summary>
internal sealed class ArchiveStream(Stream archive, long maxBytes) : Stream
{
    /// <summary>Longest extended header; paths and times need less than a hundredth.</summary>
    public const int MaxHeaderBytes = 1024 * 1024;

    private long _read;

    /// <summary>Looks at the first two bytes to tell gzip from tar.</summary>
    public static async Task<ArchiveStream> OpenAsync(Stream upload, long maxBytes, CancellationToken ct)
    {
        var start = new byte[2];
        int length = await upload.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
        var whole = new RewoundStream(start.AsMemory(0, length), upload);
        bool zipped = length == 2 && start[0] == 0x1f && start[1] == 0x8b;
        return new ArchiveStream(zipped ? new GZipStream(whole, CompressionMode.Decompress) : whole, maxBytes);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length > MaxHeaderBytes)
            throw new InvalidDataException($"a header of {buffer.Length} bytes");
        int read = await archive.ReadAsync(buffer, cancellationToken);
        _read += read;
        if (_read > maxBytes)
            throw new InvalidDataException($"more than {maxBytes} bytes with its headers");
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>A stream whose first bytes were read already.</summary>
    private sealed class RewoundStream(ReadOnlyMemory<byte> start, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> _start = start;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_start.IsEmpty)
                return await rest.ReadAsync(buffer, cancellationToken);
            int count = Math.Min(buffer.Length, _start.Length);
            _start[..count].CopyTo(buffer);
            _start = _start[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
