using System.CommandLine;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth app history [APP]</c>: its deployments.</summary>
internal static class AppHistoryCommand
{
    private sealed record Options(string App, bool Json);

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var format = SharedOptions.Format();
        var command = new Command("history", "List an app's deployments") { name, app, format };
        command.SetAction((parse, ct) => RunAsync(context, new Options(AppChoice.Of(context, parse, app, name), SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var deployments = await client.ListDeploymentsAsync(options.App, ct).ConfigureAwait(false);
        if (options.Json)
        {
            JsonOutput.Write(context.Out, deployments, ContractsJson.Default.IReadOnlyListDeploymentInfo);
            return ExitCodes.Done;
        }
        var table = new Table("ID", "RELEASE", "OUTCOME", "STARTED", "TOOK", "DESCRIPTION");
        var now = context.Time.GetUtcNow();
        foreach (var deployment in deployments)
        {
            var took = RelativeTime.Took((deployment.EndedAt ?? now) - deployment.StartedAt);
            var outcome = deployment.Outcome is "running" or "failed" ? $"{deployment.Outcome} ({deployment.Phase})" : deployment.Outcome;
            var description = deployment.Error is { } error ? $"{deployment.Description}: {error}" : deployment.Description;
            table.Add(deployment.Id, deployment.Release, outcome, RelativeTime.Ago(deployment.StartedAt, now), took, description);
        }
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }
}
