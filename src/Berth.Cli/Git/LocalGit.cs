using System.ComponentModel;
using System.Diagnostics;

namespace Berth.Cli.Git;

/// <summary>The git of this machine, asked about a folder's repository.</summary>
internal static class LocalGit
{
    /// <summary>Git answers such questions at once; where it does not (a network file system that hangs), the command goes on without.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>What it printed, without the last line's end; null where it refused, did not answer, or there is no git.</summary>
    public static async Task<string?> RunAsync(string folder, IEnumerable<string> arguments, TimeProvider time, CancellationToken ct)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using var git = Process.Start(start);
            if (git is null)
                return null;
            var errors = git.StandardError.ReadToEndAsync(either.Token);
            var output = await git.StandardOutput.ReadToEndAsync(either.Token).ConfigureAwait(false);
            await errors.ConfigureAwait(false);
            await git.WaitForExitAsync(either.Token).ConfigureAwait(false);
            return git.ExitCode == 0 ? output.TrimEnd('\n') : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
