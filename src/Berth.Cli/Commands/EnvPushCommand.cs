using System.CommandLine;
using Berth.Cli.Deployments;
using Berth.Cli.Dev;
using Berth.Cli.Settings;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth env push [FILE]</c></summary>
internal static class EnvPushCommand
{
    private sealed record Options(string App, string Path, bool Replace, bool Json);

    public static Command Build(CommandContext context)
    {
        var path = new Argument<string>("file") { Description = "The .env file to read", HelpName = "FILE", DefaultValueFactory = _ => EnvCommand.DefaultFile };
        var app = SharedOptions.App();
        var replace = new Option<bool>("--replace") { Description = "Also unset what was set by hand and is not in the file, but for secrets" };
        var format = SharedOptions.Format();
        var command = new Command("push", "Set all variables of a .env file, and deploy the same image with them") { path, app, replace, format };
        command.SetAction((parse, ct) => RunAsync(
            context, new Options(AppChoice.Of(context, parse, app), Path.GetFullPath(parse.GetRequiredValue(path), context.Folder), parse.GetValue(replace), SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        var set = Read(options.Path);
        using var client = context.Connect();
        IReadOnlyList<string> unset = [];
        if (options.Replace)
            unset = [.. (await client.ListEnvAsync(options.App, ct).ConfigureAwait(false)).Where(v => v is { Source: "manual", Secret: false } && !set.ContainsKey(v.Key)).Select(v => v.Key)];
        if (set.Count + unset.Count == 0)
            throw new CliException(ExitCodes.Failed, CliMessages.NoVariables(options.Path));
        var run = new DeploymentRun(context, client, options.App)
        {
            Done = $"deployed with {set.Count} variable{(set.Count == 1 ? "" : "s")} of {options.Path}",
            NothingToDeploy = $"{set.Count} variable{(set.Count == 1 ? "" : "s")} set; the first deployment of {options.App} will use them",
            Json = options.Json,
        };
        return await run.ShowAsync(client.ChangeEnvAsync(options.App, new EnvChangeRequest { Set = set, Unset = unset }, ct), ct).ConfigureAwait(false);
    }

    /// <summary>By key; of a key that is there twice the later one. A line that is none of the format ends the command: nothing is set by half.</summary>
    private static Dictionary<string, string> Read(string path)
    {
        var (variables, warnings) = DotEnv.Parse(Path.GetFileName(path), EnvCommand.ReadText(path, DotEnv.MaxBytes));
        if (warnings.Count > 0)
            throw new CliException(ExitCodes.Failed, CliMessages.BadDotEnv(path)) { Diagnostics = [.. warnings.Select(w => AppFiles.ToInfo(w with { Severity = Severity.Error, Message = CliMessages.NoVariable }))] };
        var set = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in variables)
            set[EnvCommand.CheckedKey(variable.Key)] = variable.Value;
        return set;
    }
}
