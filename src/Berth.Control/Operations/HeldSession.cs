using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>A session that keeps its sandbox awake until it is disposed.</summary>
internal sealed class HeldSession(IExecSession session, Action letGo) : IExecSession
{
    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct) => session.WriteAsync(bytes, ct);

    public Task CloseInputAsync(CancellationToken ct) => session.CloseInputAsync(ct);

    public IAsyncEnumerable<LogChunk> ReadAsync(CancellationToken ct) => session.ReadAsync(ct);

    public Task ResizeAsync(int columns, int rows, CancellationToken ct) => session.ResizeAsync(columns, rows, ct);

    public Task<int?> ExitCodeAsync(CancellationToken ct) => session.ExitCodeAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        letGo();
    }
}
