using System.CommandLine;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth ps [APP]</c></summary>
internal static class PsCommand
{
    private sealed record Options(string App, bool Json);

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var format = SharedOptions.Format();
        var command = new Command("ps", "Show an app's services: counts, size, state, command, last crash") { name, app, format };
        command.SetAction((parse, ct) => RunAsync(context, new Options(AppChoice.Of(context, parse, app, name), SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var services = await client.ListServicesAsync(options.App, ct).ConfigureAwait(false);
        if (options.Json)
            JsonOutput.Write(context.Out, services, ContractsJson.Default.IReadOnlyListServiceInfo);
        else
            ServicesText.Write(context, services);
        return ExitCodes.Done;
    }
}
