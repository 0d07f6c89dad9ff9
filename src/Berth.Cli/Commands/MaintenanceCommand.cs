using System.CommandLine;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth maintenance on/off</c></summary>
internal static class MaintenanceCommand
{
    public static Command Build(CommandContext context) => new("maintenance", "Answer an app's visitors with a page that says it is being worked on")
    {
        BuildOn(context),
        BuildOff(context),
    };

    private static Command BuildOn(CommandContext context)
    {
        var app = SharedOptions.App();
        var retryAfter = new Option<string?>("--retry-after") { Description = "When visitors are told to come again: seconds, or a duration like 10m", HelpName = "SECONDS" };
        var command = new Command("on", "Answer with 503; requests do not reach the app and do not wake it") { app, retryAfter };
        command.SetAction((parse, ct) =>
        {
            var wait = parse.GetValue(retryAfter) is { } text ? Values.Seconds("--retry-after", text).TotalSeconds : (double?)null;
            return SetAsync(context, AppChoice.Of(context, parse, app), new MaintenanceRequest(true) { RetryAfterSeconds = wait }, ct);
        });
        return command;
    }

    private static Command BuildOff(CommandContext context)
    {
        var app = SharedOptions.App();
        var command = new Command("off", "Let visitors in again") { app };
        command.SetAction((parse, ct) => SetAsync(context, AppChoice.Of(context, parse, app), new MaintenanceRequest(false), ct));
        return command;
    }

    private static async Task<int> SetAsync(CommandContext context, string app, MaintenanceRequest request, CancellationToken ct)
    {
        using var client = context.Connect();
        await client.SetMaintenanceAsync(app, request, ct).ConfigureAwait(false);
        context.Error.Write(request.On ? $"visitors of {app} are answered with 503\n" : $"visitors of {app} are let in again\n");
        return ExitCodes.Done;
    }
}
