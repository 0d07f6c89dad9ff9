namespace Berth.Router.Forwarding;

/// <summary>A request's body on its way up: while the next piece is waited for, the response's deadline stands still. Until <see cref="Answered"/>.</summary>
public sealed class UploadStream(Stream body, ResponseDeadline deadline) : ReadingStream
{
    private volatile bool _answered;

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
}
