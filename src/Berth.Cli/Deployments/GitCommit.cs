using Berth.Cli.Git;

namespace Berth.Cli.Deployments;

/// <summary>The short commit that a folder stands at.</summary>
internal static class GitCommit
{
    /// <summary>Null where the folder is in no repository, has no commit yet, or there is no git.</summary>
    public static async Task<string?> OfAsync(string folder, TimeProvider time, CancellationToken ct) =>
        await LocalGit.RunAsync(folder, ["rev-parse", "--short", "HEAD"], time, ct).ConfigureAwait(false) is { Length: > 0 } commit ? commit : null;
}
