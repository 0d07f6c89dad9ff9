using System.CommandLine;
using Berth.Cli.Git;
using Berth.Cli.Settings;

namespace Berth.Cli.Commands;

/// <summary><c>berth git remote</c>, <c>berth git credential</c></summary>
internal static class GitCommand
{
    /// <summary>git sends a handful of short lines.</summary>
    private const int MaxLines = 100;

    public static Command Build(CommandContext context) => new("git", "Deploy by git push")
    {
        BuildRemote(context),
        BuildCredential(context),
    };

    private static Command BuildRemote(CommandContext context)
    {
        var app = SharedOptions.App();
        var command = new Command("remote", "Make the folder's remote \"berth\" lead to an app, so that \"git push berth main\" deploys it; \"berth create\" does so, too") { app };
        command.SetAction((parse, ct) => SetRemoteAsync(context, AppChoice.Of(context, parse, app), ct));
        return command;
    }

    private static Command BuildCredential(CommandContext context)
    {
        var action = new Argument<string>("action") { Description = "get; git's others, store and erase, do nothing", HelpName = "ACTION" };
        var command = new Command("credential", "For git: give it the token of a server that this command line knows") { action };
        command.SetAction(parse => GiveCredential(context, parse.GetRequiredValue(action)));
        return command;
    }

    private static async Task<int> SetRemoteAsync(CommandContext context, string app, CancellationToken ct)
    {
        using var client = context.Connect();
        await client.GetAppAsync(app, ct).ConfigureAwait(false);
        var said = await GitRemote.SetAsync(context, app, replace: true, ct).ConfigureAwait(false) ?? throw new CliException(ExitCodes.Failed, CliMessages.NoRepository(context.Folder));
        context.Error.Write(said + "\n");
        return ExitCodes.Done;
    }

    /// <summary>Nothing is printed for servers without a token: git then asks people.</summary>
    private static int GiveCredential(CommandContext context, string action)
    {
        if (action != "get")
            return ExitCodes.Done;
        var asked = new Dictionary<string, string>(StringComparer.Ordinal);
        using var input = new StreamReader(context.Terminal.Input, leaveOpen: true);
        for (int i = 0; i < MaxLines && input.ReadLine() is { Length: > 0 } line; i++)
        {
            if (line.Split('=', 2) is [var key, var value])
                asked[key] = value;
        }
        if (Uri.TryCreate($"{asked.GetValueOrDefault("protocol")}://{asked.GetValueOrDefault("host")}", UriKind.Absolute, out var server) && ServerChoice.TokenFor(context, server) is { } token)
            context.Out.Write($"username=berth\npassword={token}\n");
        return ExitCodes.Done;
    }
}
