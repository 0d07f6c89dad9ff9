using System.CommandLine;
using System.Globalization;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth sandbox metrics [SANDBOX] [-a APP]</c></summary>
internal static class SandboxMetricsCommand
{
    private sealed record Options(string? Sandbox, string? App, bool Json);

    public static Command Build(CommandContext context)
    {
        var sandbox = new Argument<string?>("sandbox") { Description = "Only of this one", Arity = ArgumentArity.ZeroOrOne, HelpName = "SANDBOX" };
        var app = SharedOptions.App("Only of this app; default: of all");
        var format = SharedOptions.Format();
        var command = new Command("metrics", "Show what sandboxes use: memory without page cache and its peak with it, CPU in percent of one core, time held back by a CPU limit, processes, bytes read and written") { sandbox, app, format };
        command.SetAction((parse, ct) => RunAsync(context, new Options(parse.GetValue(sandbox), AppChoice.Named(parse, app), SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var sandboxes = await client.ListSandboxMetricsAsync(options.App, options.Sandbox, ct).ConfigureAwait(false);
        if (options.Json)
        {
            JsonOutput.Write(context.Out, sandboxes, ContractsJson.Default.IReadOnlyListSandboxMetrics);
            return ExitCodes.Done;
        }
        var table = new Table("SANDBOX", "SERVICE", "MEMORY", "LIMIT", "PEAK", "CPU%", "THROTTLED", "PIDS", "READ", "WRITTEN");
        foreach (var used in sandboxes)
        {
            table.Add(used.Sandbox, used.Service, ByteSize.ForPeople(used.MemoryBytes), Size(used.MemoryLimitBytes), Size(used.MemoryPeakBytes),
                used.CpuPercent?.ToString("0.0", CultureInfo.InvariantCulture), RelativeTime.Took(TimeSpan.FromSeconds(used.ThrottledSeconds)), used.Pids.ToString(CultureInfo.InvariantCulture),
                ByteSize.ForPeople(used.ReadBytes), ByteSize.ForPeople(used.WrittenBytes));
        }
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }

    private static string? Size(long? bytes) => bytes is { } known ? ByteSize.ForPeople(known) : null;
}
