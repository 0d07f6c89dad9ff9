using System.Globalization;
using Berth.Engines.Processes;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>A command in a sandbox, or a sandbox's own, on a connection of its own. One reader and one writer at a time.</summary>
/// <param name="path">What is resized and looked at: an exec or a container.</param>
/// <param name="exitCode">From what a look shows; null: it runs still.</param>
/// <param name="pid">From the same, the process to hang up when the session is disposed, or null: it has ended. Null in place of it: whoever began the session sees to that.</param>
internal sealed class DockerExecSession(DockerClient client, HijackedConnection connection, string path, Func<DockerReply, int?> exitCode, Func<DockerReply, int?>? pid, bool tty, TimeSpan timeout, TimeProvider time) : IExecSession
{
    private const int LooksAfterHangUp = 50;

    private static readonly TimeSpan HangUpStep = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SettleStep = TimeSpan.FromMilliseconds(20);

    private volatile bool _outputEnded;
    private volatile bool _ended;

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        try
        {
            await connection.WriteAsync(bytes, ct);
        }
        catch (Exception e) when (DockerClient.IsBroken(e))
        {
            throw client.Unreachable(e);
        }
    }

    public Task CloseInputAsync(CancellationToken ct)
    {
        try
        {
            connection.CloseInput();
            return Task.CompletedTask;
        }
        catch (Exception e) when (DockerClient.IsBroken(e))
        {
            throw client.Unreachable(e);
        }
    }

    public IAsyncEnumerable<LogChunk> ReadAsync(CancellationToken ct) =>
        tty ? LogFrames.ReadRawAsync(ReadBytesAsync, time, ct) : LogFrames.ReadPlainAsync(ReadBytesAsync, time, ct);

    public async Task ResizeAsync(int columns, int rows, CancellationToken ct)
    {
        var size = string.Create(CultureInfo.InvariantCulture, $"?w={columns}&h={rows}");
        var reply = await client.SendAsync(HttpMethod.Post, $"{path}/resize{size}", null, timeout, ct);
        if (!reply.Ok)
            throw reply.Failure("resize the terminal");
    }

    /// <remarks>
    /// The engine ends the output a little before it notes the exit code. Who read the output to its end wants the code, not "still
    /// running": so it is waited for then, at most the call timeout.
    /// </remarks>
    public async Task<int?> ExitCodeAsync(CancellationToken ct)
    {
        for (var waited = TimeSpan.Zero; ; waited += SettleStep)
        {
            var reply = await client.GetAsync(path + "/json", ct);
            if (!reply.Ok)
                throw reply.Failure("read the command's exit code");
            if (exitCode(reply) is { } code)
            {
                _ended = true;
                return code;
            }
            if (!_outputEnded || waited >= timeout)
                return null;
            await Task.Delay(SettleStep, time, ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        connection.Dispose();
        if (_ended || pid is null)
            return;
        try
        {
            // The engine itself would let it run for ever. First as a terminal does that is hung up; whoever ignores that for 5 s is killed.
            if (await RunsOnAsync(Signals.HangUpGroup))
                await RunsOnAsync(Signals.KillGroup);
        }
        catch (EngineException)
        {
            // The engine is away, or the container gone with its processes.
        }
    }

    /// <summary>True if the command runs on, in spite of the signal to its process group.</summary>
    private async Task<bool> RunsOnAsync(Action<int> signal)
    {
        for (int look = 0; look <= LooksAfterHangUp; look++)
        {
            var reply = await client.GetAsync(path + "/json", CancellationToken.None);
            if (!reply.Ok || pid!(reply) is not { } process)
                return false;
            if (look == 0)
                signal(process);
            await Task.Delay(HangUpStep, time);
        }
        return true;
    }

    private async ValueTask<int> ReadBytesAsync(Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            int count = await connection.ReadAsync(buffer, ct);
            _outputEnded |= count == 0;
            return count;
        }
        catch (Exception e) when (DockerClient.IsBroken(e))
        {
            throw client.Unreachable(e);
        }
    }
}
