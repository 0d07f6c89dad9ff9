using System.CommandLine;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth env list [APP]</c></summary>
internal static class EnvListCommand
{
    /// <summary>The same for each: its length would tell of the value.</summary>
    private const string Hidden = "********";

    private sealed record Options(string App, bool Reveal, bool Json);

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var reveal = new Option<bool>("--reveal") { Description = "Show the values of variables that app.toml declares sensitive, too" };
        var format = SharedOptions.Format();
        var command = new Command("list", "List the variables with their values and where each comes from") { name, app, reveal, format };
        command.SetAction((parse, ct) => RunAsync(context, new Options(AppChoice.Of(context, parse, app, name), parse.GetValue(reveal), SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var variables = await client.ListEnvAsync(options.App, ct).ConfigureAwait(false);
        if (options.Json)
        {
            JsonOutput.Write(context.Out, variables, ContractsJson.Default.IReadOnlyListEnvInfo);
            return ExitCodes.Done;
        }
        var table = new Table("KEY", "SOURCE", "VALUE");
        foreach (var variable in variables)
            table.Add(variable.Key, variable.Source, variable.Value is not { } value || (variable.Sensitive && !options.Reveal) ? Hidden : value);
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }
}
