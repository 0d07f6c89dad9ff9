using Berth.Model;

namespace Berth.Control.Reconciling;

/// <summary>A sandbox's first process, as the kernel of this machine shows it.</summary>
internal static class SandboxProcess
{
    /// <summary>
    /// Its number, if it runs on this machine: one that another machine's engine gave may be any process here, but only the sandbox has its
    /// address. Null as well where it is hidden, or gone meanwhile.
    /// </summary>
    public static int? OnThisMachine(SandboxStatus sandbox)
    {
        if (sandbox is not { Pid: { } pid, Address: { } address })
            return null;
        try
        {
            return File.ReadAllText($"/proc/{pid}/net/fib_trie").Contains($"|-- {address}\n", StringComparison.Ordinal) ? pid : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
