using System.CommandLine;
using Berth.Cli.Settings;

namespace Berth.Cli.Commands;

/// <summary><c>berth app delete [APP] [--yes]</c></summary>
internal static class AppDeleteCommand
{
    private sealed record Options(string App, bool Yes);

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var yes = SharedOptions.Yes();
        var command = new Command("delete", "Delete an app with its releases, config and routes; disks are kept") { name, app, yes };
        command.SetAction((parse, ct) => RunAsync(context, new Options(AppChoice.Of(context, parse, app, name), parse.GetValue(yes)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        // Asking about an app that is not there would be odd: the server says so first.
        if (!options.Yes)
            await client.GetAppAsync(options.App, ct).ConfigureAwait(false);
        context.Confirm($"delete app {options.App} with its releases, config and routes", options.Yes);
        await client.DeleteAppAsync(options.App, ct).ConfigureAwait(false);
        context.Error.Write($"{options.App} deleted\n");
        return ExitCodes.Done;
    }
}
