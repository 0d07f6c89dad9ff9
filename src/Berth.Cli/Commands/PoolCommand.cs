using System.CommandLine;
using System.Globalization;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth sandbox-pool list [-a APP]</c></summary>
internal static class PoolCommand
{
    private sealed record Options(string? App, bool Json);

    public static Command Build(CommandContext context)
    {
        var app = SharedOptions.App("Only of this app; default: of all");
        var format = SharedOptions.Format();
        var list = new Command("list", "List sandbox pools: one per service and release") { app, format };
        list.SetAction((parse, ct) => RunAsync(context, new Options(AppChoice.Named(parse, app), SharedOptions.IsJson(parse, format)), ct));
        return new Command("sandbox-pool", "Sandbox pools") { list };
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var pools = await client.ListPoolsAsync(options.App, ct).ConfigureAwait(false);
        if (options.Json)
        {
            JsonOutput.Write(context.Out, pools, ContractsJson.Default.IReadOnlyListPoolInfo);
            return ExitCodes.Done;
        }
        var table = new Table("ID", "VERSION", "SERVICE", "DESIRED", "CURRENT", "READY");
        foreach (var pool in pools)
            table.Add(pool.Id, pool.Version, pool.Service, Text(pool.Desired), Text(pool.Current), Text(pool.Ready));
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);
}
