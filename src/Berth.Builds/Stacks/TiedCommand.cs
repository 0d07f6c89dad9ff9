using System.Diagnostics;

namespace Berth.Builds.Stacks;

/// <summary>
/// A command of low priority that ends when this program does, however that happens, and takes everything with it that it has started. As long as a process of it is left, its
/// lock file is locked.
/// </summary>
internal static class TiedCommand
{
    /// <summary>The shell's own exit code: there is no such program.</summary>
    public const int NotFound = 127;

    /// <summary>
    /// Its standard input is a pipe from this program that nothing is written to. As the first process of a process namespace the shell takes all others of it along.
    /// </summary>
    private const string EndWithInput = """
        exec 3<&0
        "$@" </dev/null 3<&- &
        child=$!
        { cat >/dev/null; kill -KILL $child; } <&3 &
        wait $child
        """;

    /// <summary>All three standard streams are pipes; standard input is to be left alone.</summary>
    public static ProcessStartInfo StartInfo(string lockFile, IEnumerable<string> command)
    {
        // Only root may make a namespace of processes.
        string[] apart = Environment.IsPrivilegedProcess ? ["unshare", "--pid", "--fork", "--mount-proc"] : [];
        return new ProcessStartInfo("flock", [lockFile, "nice", "-n", "19", .. apart, "sh", "-c", EndWithInput, "sh", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }
}
