using System.Runtime.InteropServices;

namespace Berth.Engines.Docker;

/// <summary>What the library of .NET lacks: a polite end for another process.</summary>
internal static class Signals
{
    private const int SigTerm = 15;

    /// <summary>SIGTERM; nothing happens if the process is gone.</summary>
    public static void Terminate(int pid) => _ = Kill(pid, SigTerm);

    [DllImport("libc", EntryPoint = "kill", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
