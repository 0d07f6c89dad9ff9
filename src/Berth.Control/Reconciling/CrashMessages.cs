namespace Berth.Control.Reconciling;

/// <summary>What is said of a sandbox that has ended.</summary>
internal static class CrashMessages
{
    public static string SidecarEnded(string sidecar, int exitCode, bool outOfMemory) =>
        $"sidecar {sidecar} {(outOfMemory ? "ran out of memory and ended" : "ended")} with code {exitCode}, and the sandbox with it";
}
