using System.Runtime.InteropServices;

namespace Berth.Engines.Processes;

/// <summary>What the library of .NET lacks: signals for other processes and for whole groups. Nothing happens if the receiver is gone.</summary>
internal static class Signals
{
    private const int SigHup = 1;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;

    public static void Terminate(int pid) => _ = Send(pid, SigTerm);

    public static void Kill(int pid) => _ = Send(pid, SigKill);

    /// <summary>Also wakes what was stopped: it could not act on the signal otherwise.</summary>
    public static void TerminateGroup(int group)
    {
        _ = Send(-group, SigTerm);
        _ = Send(-group, SigCont);
    }

    public static void HangUpGroup(int group) => _ = Send(-group, SigHup);

    public static void KillGroup(int group) => _ = Send(-group, SigKill);

    [DllImport("libc", EntryPoint = "kill", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int pid, int signal);
}
