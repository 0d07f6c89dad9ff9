using System.CommandLine;
using System.Text;
using Berth.Cli.Deployments;
using Berth.Cli.Settings;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth env set KEY=VALUE … [--from-file KEY=PATH] …</c></summary>
internal static class EnvSetCommand
{
    /// <summary>What Linux passes to a process as one variable.</summary>
    private const int MaxValueBytes = 128 * 1024;

    private sealed record Options(string App, IReadOnlyDictionary<string, string> Set, bool Secret, bool Json);

    public static Command Build(CommandContext context)
    {
        var assignments = new Argument<string[]>("assignments") { Description = "KEY=VALUE; all after the first = is the value, as it is", Arity = ArgumentArity.ZeroOrMore, HelpName = "KEY=VALUE" };
        var files = new Option<string[]>("--from-file") { Description = "Take the value from a file, byte for byte with its last line's end; may be repeated", HelpName = "KEY=PATH" };
        var secret = new Option<bool>("--secret") { Description = "Never show the values again, and blot them out of logs; take them by --from-file KEY=/dev/stdin to keep them out of the shell's history" };
        var app = SharedOptions.App();
        var format = SharedOptions.Format();
        var file = EnvCommand.File();
        var command = new Command("set", "Set variables, and deploy the same image with them") { assignments, files, secret, app, file, format };
        command.SetAction((parse, ct) =>
        {
            if (!EnvCommand.IsForFile(parse, file, app, format))
                return RunAsync(context, new Options(AppChoice.Of(context, parse, app), Set(parse), parse.GetValue(secret), SharedOptions.IsJson(parse, format)), ct);
            return parse.GetValue(secret) ? throw CliException.Usage(CliMessages.SecretInFile) : Task.FromResult(SetInFile(context, Set(parse)));
        });
        return command;

        Dictionary<string, string> Set(ParseResult parse)
        {
            var set = Parse(parse.GetValue(assignments) ?? []);
            foreach (var (key, path) in Parse(parse.GetValue(files) ?? []))
            {
                if (!set.TryAdd(key, Encoding.UTF8.GetString(EnvCommand.ReadText(Path.GetFullPath(path, context.Folder), MaxValueBytes))))
                    throw CliException.Usage(CliMessages.VariableTwice(key));
            }
            return set.Count > 0 ? set : throw CliException.Usage(CliMessages.NothingToSet);
        }
    }

    private static Dictionary<string, string> Parse(string[] assignments)
    {
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
        foreach (var (key, value) in options.Set.Where(pair => options.Secret && pair.Value.Length < EnvVar.LeastRedactedLength))
            context.Warn(CliMessages.ShortSecret(key, EnvVar.LeastRedactedLength));
        var run = new DeploymentRun(context, client, options.App)
        {
            Done = $"deployed with {keys} set",
            NothingToDeploy = $"{keys} set; the first deployment of {options.App} will use it",
            Json = options.Json,
        };
        return await run.ShowAsync(client.ChangeEnvAsync(options.App, new EnvChangeRequest { Set = options.Set, Secret = options.Secret ? true : null }, ct), ct).ConfigureAwait(false);
    }
}
