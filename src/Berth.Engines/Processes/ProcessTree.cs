using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Berth.Engines.Processes;

/// <summary>
/// All that this program has started, and what that has started, however far down: this program becomes the parent of what its own parent has
/// left, so nothing gets away by a session of its own or a double fork. For programs that have no other children: these would be stopped too.
/// </summary>
public sealed class ProcessTree : IDisposable
{
    private const int SetChildSubreaper = 36;
    private const int NoHang = 1;

    private readonly TimeProvider _time;
    private readonly ProcessTreeOptions _options;
    private readonly ConcurrentDictionary<int, LocalProcess> _started = [];
    private readonly Lock _reaping = new();
    private readonly PosixSignalRegistration _childEnded;

    public ProcessTree(ProcessTreeOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _ = Control(SetChildSubreaper, 1, 0, 0, 0);
        _childEnded = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Reap());
    }

    public LocalProcess Start(ProcessSpec spec)
    {
        // Not between the start and the entry: the new process would be taken for one that was left by its parent.
        lock (_reaping)
        {
            var process = LocalProcess.Start(spec);
            _started[process.Id] = process;
            return process;
        }
    }

    /// <summary>SIGTERM to all groups.</summary>
    public void Terminate() => Signal(Living(), Signals.TerminateGroup, Signals.Terminate);

    /// <summary>True once nothing runs any more; false after <paramref name="timeout"/>, or when <paramref name="hurry"/> is cancelled.</summary>
    public async Task<bool> WaitUntilGoneAsync(TimeSpan timeout, CancellationToken hurry)
    {
        var since = _time.GetTimestamp();
        while (Living().Count > 0)
        {
            if (hurry.IsCancellationRequested || _time.GetElapsedTime(since) >= timeout)
                return false;
            await Task.Delay(_options.Step, _time, CancellationToken.None);
        }
        return true;
    }

    /// <summary>SIGKILL to all groups, again and again, as a process may start another while it is killed. False if some are still there.</summary>
    public async Task<bool> KillAsync()
    {
        var since = _time.GetTimestamp();
        while (Living() is { Count: > 0 } living)
        {
            if (_time.GetElapsedTime(since) >= _options.KillWait)
                return false;
            Signal(living, Signals.KillGroup, Signals.Kill);
            await Task.Delay(_options.Step, _time, CancellationToken.None);
        }
        return true;
    }

    public void Dispose()
    {
        _childEnded.Dispose();
        foreach (var process in _started.Values)
            process.Dispose();
    }

    private static IReadOnlyList<ProcessEntry> Living() => ProcessTable.Read().LivingDescendantsOf(Environment.ProcessId);

    private static void Signal(IReadOnlyList<ProcessEntry> processes, Action<int> group, Action<int> process)
    {
        var own = GroupOf(0);
        foreach (var id in processes.Select(p => p.Group).Distinct().Where(g => g != own))
            group(id);
        // One that has not come to its own session yet is still in this program's group.
        foreach (var entry in processes.Where(p => p.Group == own))
            process(entry.Id);
    }

    /// <summary>Fetches what was left here by its parent and has ended; .NET does so only for what it has started itself.</summary>
    private void Reap()
    {
        lock (_reaping)
        {
            foreach (var child in ProcessTable.Read().ChildrenOf(Environment.ProcessId))
                if (child.IsDead && !_started.ContainsKey(child.Id))
                    _ = Wait(child.Id, out _, NoHang);
        }
    }

    [DllImport("libc", EntryPoint = "prctl", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int option, nuint argument, nuint third, nuint fourth, nuint fifth);

    [DllImport("libc", EntryPoint = "waitpid", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Wait(int pid, out int status, int options);

    [DllImport("libc", EntryPoint = "getpgid", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GroupOf(int pid);
}
