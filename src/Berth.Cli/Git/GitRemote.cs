using Berth.Cli.Settings;

namespace Berth.Cli.Git;

/// <summary>
/// The remote <c>berth</c> of a folder's repository. No token stands in its URL or in the repository's settings: git asks <c>berth git credential</c>, and no
/// other helper, for it.
/// </summary>
internal static class GitRemote
{
    private const string Name = "berth";

    /// <summary>Sets the remote and says what came of it.</summary>
    /// <param name="replace">Also where it leads elsewhere.</param>
    /// <returns>Null where the folder is in no repository.</returns>
    public static async Task<string?> SetAsync(CommandContext context, string app, bool replace, CancellationToken ct)
    {
        if (await RunAsync(context, ["rev-parse", "--git-dir"], ct).ConfigureAwait(false) is null)
            return null;
        var server = ServerChoice.Of(context).Server;
        var url = $"{server.Text}/git/{app}.git";
        var present = await RunAsync(context, ["remote", "get-url", Name], ct).ConfigureAwait(false);
        if (present is not null && present != url && !replace)
            return CliMessages.OtherRemote(Name, present, app);
        var helper = $"credential.{server.Url.GetLeftPart(UriPartial.Authority)}.helper";
        string[][] steps =
        [
            present is null ? ["remote", "add", Name, url] : ["remote", "set-url", Name, url],
            // The empty one keeps git from asking, and telling, the helpers that it has for all servers.
            ["config", "--replace-all", helper, ""],
            ["config", "--add", helper, $"!'{Program().Replace("'", @"'\''", StringComparison.Ordinal)}' git credential"],
        ];
        foreach (var step in steps)
        {
            if (await RunAsync(context, step, ct).ConfigureAwait(false) is null)
                throw new CliException(ExitCodes.Failed, CliMessages.RemoteNotSet(step));
        }
        return CliMessages.RemoteSet(Name, url);
    }

    /// <summary>By its path, so that it is found where it is not in PATH.</summary>
    private static string Program() => Environment.ProcessPath is { } path && Path.GetFileName(path) == "berth" ? path : "berth";

    private static Task<string?> RunAsync(CommandContext context, IEnumerable<string> arguments, CancellationToken ct) => LocalGit.RunAsync(context.Folder, arguments, context.Time, ct);
}
