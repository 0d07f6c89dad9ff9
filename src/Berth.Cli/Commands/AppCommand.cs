using System.CommandLine;
using System.Globalization;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth app [APP]</c>, and what is done with apps as such beneath it.</summary>
internal static class AppCommand
{
    private sealed record Options(string App, bool Json);

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var watch = new Option<bool>("--watch") { Description = "Show demand and sandboxes every second until interrupted" };
        var graph = new Option<bool>("--graph") { Description = "Draw CPU and memory of each service over the last hour" };
        var format = SharedOptions.Format();
        var command = new Command("app", "Show an app")
        {
            name, app, watch, graph, format,
            AppListCommand.Build(context),
            AppStatusCommand.Build(context),
            AppHistoryCommand.Build(context),
            AppDeleteCommand.Build(context),
        };
        command.SetAction((parse, ct) =>
        {
            var options = new Options(AppChoice.Of(context, parse, app, name), SharedOptions.IsJson(parse, format));
            return (parse.GetValue(watch), parse.GetValue(graph)) switch
            {
                (true, true) => throw CliException.Usage(CliMessages.WatchAndGraph),
                (true, _) => ScalingText.WatchAsync(context, options.App, options.Json, ct),
                (_, true) => GraphText.RunAsync(context, options.App, options.Json, ct),
                _ => RunAsync(context, options, ct),
            };
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var app = await client.GetAppAsync(options.App, ct).ConfigureAwait(false);
        if (options.Json)
        {
            JsonOutput.Write(context.Out, app, ContractsJson.Default.AppInfo);
            return ExitCodes.Done;
        }
        var now = context.Time.GetUtcNow();
        WriteFact(context, "name", app.Name);
        WriteFact(context, "status", app.Status);
        WriteFact(context, "release", app.Release is null ? "none yet" : $"{app.Release} ({app.Version})");
        WriteFact(context, "deployed", RelativeTime.Ago(app.DeployedAt, now) ?? "never");
        if (app.LastFailure is { } failure)
            WriteFact(context, "failed", CliMessages.LastDeploymentFailed(app.Name, app.Release, RelativeTime.Ago(failure.At, now)!, failure.Error));
        WriteFact(context, "commit", app.Commit ?? "-");
        WriteFact(context, "created", RelativeTime.Ago(app.CreatedAt, now)!);
        foreach (var url in app.Urls)
            WriteFact(context, "url", url);
        if (app.Maintenance is { } maintenance)
            WriteFact(context, "visitors", $"sent away with 503 for maintenance since {RelativeTime.Ago(maintenance.Since, now)}");
        foreach (var wake in app.Wakes ?? [])
            WriteFact(context, "woke", string.Create(CultureInfo.InvariantCulture, $"from {wake.From} {wake.Requests} times: half within {wake.P50Milliseconds} ms, 99 % within {wake.P99Milliseconds} ms"));
        if (app.Services.Count > 0)
        {
            context.Out.Write("\n");
            ServicesText.Write(context, app.Services);
        }
        return ExitCodes.Done;
    }

    private static void WriteFact(CommandContext context, string name, string value) => context.Out.Write($"{name + ":",-10}{SafeText.Of(value)}\n");
}
