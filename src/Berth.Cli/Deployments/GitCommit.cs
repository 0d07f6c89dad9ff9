using System.ComponentModel;
using System.Diagnostics;

namespace Berth.Cli.Deployments;

/// <summary>The short commit that a folder stands at.</summary>
internal static class GitCommit
{
    /// <summary>Git answers this at once; where it does not (a network file system that hangs), the deployment goes without.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Null where the folder is in no repository, has no commit yet, or there is no git.</summary>
    public static async Task<string?> OfAsync(string folder, TimeProvider time, CancellationToken ct)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (ReadOnlySpan<string>)["rev-parse", "--short", "HEAD"])
            start.ArgumentList.Add(word);
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using var git = Process.Start(start);
            if (git is null)
                return null;
            var errors = git.StandardError.ReadToEndAsync(either.Token);
            var commit = (await git.StandardOutput.ReadToEndAsync(either.Token).ConfigureAwait(false)).Trim();
            await errors.ConfigureAwait(false);
            await git.WaitForExitAsync(either.Token).ConfigureAwait(false);
            return git.ExitCode == 0 && commit.Length > 0 ? commit : null;
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
