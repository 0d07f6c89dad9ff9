using System.CommandLine;
using Berth.Cli.Deployments;
using Berth.Cli.Settings;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth env set KEY=VALUE …</c></summary>
internal static class EnvSetCommand
{
    private sealed record Options(string App, IReadOnlyDictionary<string, string> Set, bool Json);

    public static Command Build(CommandContext context)
    {
        var assignments = new Argument<string[]>("assignments") { Description = "KEY=VALUE; all after the first = is the value, as it is", Arity = ArgumentArity.ZeroOrMore, HelpName = "KEY=VALUE" };
        var app = SharedOptions.App();
        var format = SharedOptions.Format();
        var file = EnvCommand.File();
        var command = new Command("set", "Set variables, and deploy the same image with them") { assignments, app, file, format };
        command.SetAction((parse, ct) => EnvCommand.IsForFile(parse, file, app, format)
            ? Task.FromResult(SetInFile(context, Parse(parse.GetValue(assignments) ?? [])))
            : RunAsync(context, new Options(AppChoice.Of(context, parse, app), Parse(parse.GetValue(assignments) ?? []), SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static Dictionary<string, string> Parse(string[] assignments)
    {
        if (assignments.Length == 0)
            throw CliException.Usage(CliMessages.NothingToSet);
        var set = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var assignment in assignments)
        {
            var at = assignment.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
                throw CliException.Usage(CliMessages.BadVariable(assignment));
            var key = EnvCommand.CheckedKey(assignment[..at]);
            if (!set.TryAdd(key, assignment[(at + 1)..]))
                throw CliException.Usage(CliMessages.VariableTwice(key));
        }
        return set;
    }

    private static int SetInFile(CommandContext context, Dictionary<string, string> set)
    {
        var path = AppTomlFile.ChangeEnv(context.Folder, [.. set.Select(pair => new EnvVar(pair.Key, pair.Value))], unset: []);
        context.Error.Write($"{string.Join(", ", set.Keys)} set in {path}; the next deployment of this folder will use it\n");
        return ExitCodes.Done;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var keys = string.Join(", ", options.Set.Keys);
        var run = new DeploymentRun(context, client, options.App)
        {
            Done = $"deployed with {keys} set",
            NothingToDeploy = $"{keys} set; the first deployment of {options.App} will use it",
            Json = options.Json,
        };
        return await run.ShowAsync(client.ChangeEnvAsync(options.App, new EnvChangeRequest { Set = options.Set }, ct), ct).ConfigureAwait(false);
    }
}
