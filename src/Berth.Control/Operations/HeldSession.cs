using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>A session with something to be done once it is disposed.</summary>
internal sealed class HeldSession(IExecSession session, Func<ValueTask> after) : IExecSession
{
    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct) => session.WriteAsync(bytes, ct);

    public Task CloseInputAsync(CancellationToken ct) => session.CloseInputAsync(ct);

    public IAsyncEnumerable<LogChunk> ReadAsync(CancellationToken ct) => session.ReadAsync(ct);

    public Task ResizeAsync(int columns, int rows, CancellationToken ct) => session.ResizeAsync(columns, rows, ct);

    public Task<int?> ExitCodeAsync(CancellationToken ct) => session.ExitCodeAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        await after();
    }
}
