using System.CommandLine;
using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth app list</c>, <c>berth apps</c></summary>
internal static class AppListCommand
{
    public static Command Build(CommandContext context) => Build(context, "list");

    public static Command BuildShort(CommandContext context) => Build(context, "apps");

    private static Command Build(CommandContext context, string name)
    {
        var format = SharedOptions.Format();
        var command = new Command(name, "List all apps") { format };
        command.SetAction((parse, ct) => RunAsync(context, SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var apps = await client.ListAppsAsync(ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, apps, ContractsJson.Default.IReadOnlyListAppSummary);
            return ExitCodes.Done;
        }
        var table = new Table("NAME", "VERSION", "DEPLOYED", "COMMIT");
        var now = context.Time.GetUtcNow();
        foreach (var app in apps)
            table.Add(app.Name, app.Version, RelativeTime.Ago(app.DeployedAt, now) ?? (app.Status == "failed" ? "never (failed)" : null), app.Commit);
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }
}
