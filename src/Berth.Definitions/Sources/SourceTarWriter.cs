using System.Formats.Tar;

namespace Berth.Definitions.Sources;

/// <summary>
/// Writes entries of a <see cref="SourceTree"/> as a pax tar whose bytes depend on names, content, execute bits and times alone: owner is always root,
/// modes are 0755 and 0644, so that the same source packs to the same bytes on every machine and meets the same build cache.
/// </summary>
public sealed class SourceTarWriter(Stream destination) : IAsyncDisposable
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly TarWriter _tar = new(destination, TarEntryFormat.Pax, leaveOpen: true);

    /// <param name="name">Path inside the archive.</param>
    public async Task WriteAsync(SourceEntry entry, string name, CancellationToken ct)
    {
        switch (entry.Kind)
        {
            case SourceEntryKind.Folder:
                await WriteAsync(new PaxTarEntry(TarEntryType.Directory, name + "/") { Mode = Executable }, entry.ModifiedAt, ct);
                break;
            case SourceEntryKind.Link:
                await WriteAsync(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = entry.LinkTarget!, Mode = Executable }, entry.ModifiedAt, ct);
                break;
            case SourceEntryKind.File:
                await using (var content = new StableLengthFile(entry.FullPath, entry.Length))
                {
                    var mode = entry.Executable ? Executable : Plain;
                    await WriteAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = mode }, entry.ModifiedAt, ct);
                }
                break;
            default:
                throw new ArgumentException($"{entry.Path} is no file, folder or link", nameof(entry));
        }
    }

    /// <summary>A file whose content is at hand, with a fixed time.</summary>
    public Task WriteAsync(string name, byte[] content, CancellationToken ct) =>
        WriteAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), Mode = Plain }, DateTimeOffset.UnixEpoch, ct);

    /// <summary>Writes the archive's end.</summary>
    public ValueTask DisposeAsync() => _tar.DisposeAsync();

    private Task WriteAsync(PaxTarEntry entry, DateTimeOffset modifiedAt, CancellationToken ct)
    {
        // Whole seconds: a fraction would cost a pax header for each file.
        entry.ModificationTime = DateTimeOffset.FromUnixTimeSeconds(Math.Max(0, modifiedAt.ToUnixTimeSeconds()));
        return _tar.WriteEntryAsync(entry, ct);
    }

    /// <summary>
    /// A file read as exactly as long as it was when it was listed. The length stands in front of the content in a tar: a log that grows
    /// meanwhile would shift everything behind it.
    /// </summary>
    private sealed class StableLengthFile(string path, long length) : Stream
    {
        private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024, useAsync: false);
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int wanted = (int)Math.Min(buffer.Length, length - _position);
            if (wanted == 0)
                return 0;
            int read = _file.Read(buffer[..wanted]);
            if (read == 0)
                throw new EndOfStreamException($"{path} became shorter while it was being read; deploy again when nothing writes to it.");
            _position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(Read(buffer.Span));
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _file.Dispose();
            base.Dispose(disposing);
        }
    }
}
