using System.CommandLine;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth app status [APP]</c>: the status in a word, for scripts.</summary>
internal static class AppStatusCommand
{
    private sealed record Options(string App, bool Json);

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var format = SharedOptions.Format();
        var command = new Command("status", "Print an app's status in a word: new, failed (never deployed), running, deploying, degraded, crashed, asleep or stopped") { name, app, format };
        command.SetAction((parse, ct) => RunAsync(context, new Options(AppChoice.Of(context, parse, app, name), SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var app = await client.GetAppAsync(options.App, ct).ConfigureAwait(false);
        if (options.Json)
            JsonOutput.Write(context.Out, app, ContractsJson.Default.AppInfo);
        else
            context.Out.Write(context.OutStyle.Foreign(app.Status) + "\n");
        return ExitCodes.Done;
    }
}
