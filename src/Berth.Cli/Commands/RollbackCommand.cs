using System.CommandLine;
using Berth.Cli.Deployments;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth rollback [v3]</c></summary>
internal static class RollbackCommand
{
    private sealed record Options(string App, string? Release, string? Watch, bool Json);

    public static Command Build(CommandContext context)
    {
        var release = new Argument<string?>("release") { Description = "v3 or a release's id; default: the one before the active", Arity = ArgumentArity.ZeroOrOne, HelpName = "RELEASE" };
        var app = SharedOptions.App();
        var watch = SharedOptions.Watch();
        var format = SharedOptions.Format();
        var command = new Command("rollback", "Deploy an earlier release again, as a new one") { release, app, watch, format };
        command.SetAction((parse, ct) => RunAsync(context, new Options(AppChoice.Of(context, parse, app), parse.GetValue(release), SharedOptions.WatchOf(parse, watch), SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var run = new DeploymentRun(context, client, options.App) { Done = $"rolled back to {options.Release ?? "the release before"}", Json = options.Json };
        return await run.ShowAsync(client.RollbackAsync(options.App, new RollbackRequest(options.Release, options.Watch), ct), ct).ConfigureAwait(false);
    }
}
