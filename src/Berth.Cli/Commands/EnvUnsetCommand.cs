using System.CommandLine;
using Berth.Cli.Deployments;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth env unset KEY …</c></summary>
internal static class EnvUnsetCommand
{
    private sealed record Options(string App, IReadOnlyList<string> Unset, bool Json);

    public static Command Build(CommandContext context)
    {
        var keys = new Argument<string[]>("keys") { Description = "Names of variables", Arity = ArgumentArity.ZeroOrMore, HelpName = "KEY" };
        var app = SharedOptions.App();
        var format = SharedOptions.Format();
        var file = EnvCommand.File();
        var command = new Command("unset", "Remove variables, and deploy the same image without them") { keys, app, file, format };
        command.SetAction((parse, ct) =>
        {
            var unset = Array.ConvertAll(parse.GetValue(keys) ?? [], EnvCommand.CheckedKey);
            if (unset.Length == 0)
                throw CliException.Usage(CliMessages.NothingToUnset);
            if (EnvCommand.IsForFile(parse, file, app, format))
                return Task.FromResult(UnsetInFile(context, unset));
            return RunAsync(context, new Options(AppChoice.Of(context, parse, app), unset, SharedOptions.IsJson(parse, format)), ct);
        });
        return command;
    }

    private static int UnsetInFile(CommandContext context, IReadOnlyList<string> unset)
    {
        var path = AppTomlFile.ChangeEnv(context.Folder, set: [], [.. unset.Distinct()]);
        context.Error.Write($"{string.Join(", ", unset)} unset in {path}; the next deployment of this folder goes without\n");
        return ExitCodes.Done;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var keys = string.Join(", ", options.Unset);
        var run = new DeploymentRun(context, client, options.App) { Done = $"deployed with {keys} unset", NothingToDeploy = $"{keys} unset", Json = options.Json };
        return await run.ShowAsync(client.ChangeEnvAsync(options.App, new EnvChangeRequest { Unset = options.Unset }, ct), ct).ConfigureAwait(false);
    }
}
