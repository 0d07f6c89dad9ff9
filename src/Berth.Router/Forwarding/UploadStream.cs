namespace Berth.Router.Forwarding;

/// <summary>A request's body on its way up: while the next piece is waited for, the response's deadline stands still. Until <see cref="Answered"/>.</summary>
public sealed class UploadStream(Stream body, ResponseDeadline deadline) : Stream
{
    private volatile bool _answered;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The response's head is there: no deadline any more, though the body may go on for hours.</summary>
    public void Answered() => _answered = true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_answered)
            return await body.ReadAsync(buffer, cancellationToken);
        deadline.Pause();
        int read = await body.ReadAsync(buffer, cancellationToken);
        deadline.Restart();
        // The answer may have come between the check above and the restart.
        if (_answered)
            deadline.Pause();
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
