using Berth.Cli.Terminals;
using Berth.Contracts;

namespace Berth.Cli.Exec;

/// <summary>
/// Connects this terminal, or these pipes, to a command in a sandbox, or in a new one, until it ends. Both ends being a terminal, keys go through as they are typed and
/// the size follows the window; otherwise bytes go through unchanged and stdout and stderr stay apart.
/// </summary>
internal sealed class ExecRun(ITerminal terminal)
{
    private const int ChunkBytes = 16 * 1024;

    /// <summary>The command's exit code.</summary>
    /// <param name="open">Begins the command.</param>
    public async Task<int> RunAsync(IReadOnlyList<string> command, Func<ExecQuery, Task<ExecSession>> open, CancellationToken ct)
    {
        var tty = terminal.InputIsTerminal && terminal.OutputIsTerminal;
        var session = await open(new ExecQuery { Command = command, Tty = tty, Stdin = true }).ConfigureAwait(false);
        await using var closed = session.ConfigureAwait(false);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var raw = tty ? terminal.EnterRawMode() : null;
        using var resize = tty ? terminal.OnResize(() => _ = SendSizeAsync(session, ended.Token)) : null;
        if (tty)
            await SendSizeAsync(session, ct).ConfigureAwait(false);
        // Never awaited: a read from a terminal cannot be cancelled, it ends with the process.
        _ = Task.Run(() => SendInputAsync(session, ended.Token), ct);
        var exitCode = await ReceiveAsync(session, ct).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        return exitCode;
    }

    private async Task<int> ReceiveAsync(ExecSession session, CancellationToken ct)
    {
        var exitCode = ExitCodes.Failed;
        await foreach (var frame in session.ReadAsync(ct).ConfigureAwait(false))
        {
            if (frame.Kind == ExecProtocol.Exit)
                exitCode = frame.ExitCode;
            else if (frame.Kind is ExecProtocol.Stdout or ExecProtocol.Stderr)
                (frame.Kind == ExecProtocol.Stderr ? terminal.Error : terminal.Output).Write(frame.Bytes.Span);
        }
        return exitCode;
    }

    private async Task SendInputAsync(ExecSession session, CancellationToken ct)
    {
        try
        {
            var buffer = new byte[ChunkBytes];
            int count;
            while ((count = await terminal.Input.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
                await session.SendStdinAsync(buffer.AsMemory(0, count), ct).ConfigureAwait(false);
            await session.SendStdinEndAsync(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or BerthUnreachableException or IOException)
        {
            // The command has ended, or the connection: the reader of its output reports which.
        }
    }

    private async Task SendSizeAsync(ExecSession session, CancellationToken ct)
    {
        try
        {
            if (terminal.Size is var (columns, rows))
                await session.ResizeAsync(columns, rows, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or BerthUnreachableException)
        {
            // As above: a size that comes too late matters to nobody.
        }
    }
}
