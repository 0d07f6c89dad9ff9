using System.CommandLine;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth restart [APP] [--process SERVICE]</c></summary>
internal static class RestartCommand
{
    private sealed record Options(string App, string? Service, bool Wait, bool Json);

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var service = SharedOptions.Service("Only this service; default: all");
        var noWait = Settlement.NoWait();
        var format = SharedOptions.Format();
        var command = new Command("restart", "Replace an app's sandboxes by new ones of the same release") { name, app, service, noWait, format };
        command.SetAction((parse, ct) => RunAsync(context, new Options(AppChoice.Of(context, parse, app, name), parse.GetValue(service), !parse.GetValue(noWait), SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var services = await client.RestartAsync(options.App, new RestartRequest(options.Service), ct).ConfigureAwait(false);
        return await Settlement.ShowAsync(context, client, options.App, services, options.Wait, options.Json, ct).ConfigureAwait(false);
    }
}
