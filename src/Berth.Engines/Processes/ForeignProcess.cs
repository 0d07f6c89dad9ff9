namespace Berth.Engines.Processes;

/// <summary>
/// Ends processes that are not children of this one. The runtime's own <see cref="System.Diagnostics.Process"/> looks only every second or two whether
/// such a process has ended, and takes it for alive as long as its parent has not fetched it.
/// </summary>
public static class ForeignProcess
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Sends SIGTERM and waits. False: it still runs after <paramref name="limit"/>.</summary>
    public static async Task<bool> TerminateAsync(int pid, TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        Signals.Terminate(pid);
        return await HasEndedAsync(pid, limit, time, ct);
    }

    /// <summary>Sends SIGKILL and waits. False: it still runs after <paramref name="limit"/>.</summary>
    public static async Task<bool> KillAsync(int pid, TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        Signals.Kill(pid);
        return await HasEndedAsync(pid, limit, time, ct);
    }

    private static async Task<bool> HasEndedAsync(int pid, TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        var asked = time.GetTimestamp();
        while (ProcessTable.Find(pid) is { IsDead: false })
        {
            if (time.GetElapsedTime(asked) >= limit)
                return false;
            await Task.Delay(Pause, time, ct);
        }
        return true;
    }
}
