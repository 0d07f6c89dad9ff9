using System.CommandLine;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth env list [APP]</c></summary>
internal static class EnvListCommand
{
    private sealed record Options(string App, bool Json);

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var format = SharedOptions.Format();
        var command = new Command("list", "List the variables with their values and where each comes from") { name, app, format };
        command.SetAction((parse, ct) => RunAsync(context, new Options(AppChoice.Of(context, parse, app, name), SharedOptions.IsJson(parse, format)), ct));
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
            table.Add(variable.Key, variable.Source, variable.Value);
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }
}
