using System.CommandLine;
using System.Globalization;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth audit [-a APP] [--since 1h]</c></summary>
internal static class AuditCommand
{
    private const int DefaultEntries = 200;
    private const int MaxEntries = 100_000;

    private sealed record Options(string? App, DateTimeOffset? Since, int Entries, bool Json);

    public static Command Build(CommandContext context)
    {
        var app = SharedOptions.App("Only what concerns this app; default: all");
        var since = new Option<string?>("--since") { Description = "Only what is no older: 30s, 5m, 1h30m, 2d", HelpName = "TIME" };
        var lines = new Option<string?>("--lines", "-n") { Description = $"At most so many of the last entries; default {DefaultEntries}", HelpName = "COUNT" };
        var format = SharedOptions.Format();
        var command = new Command("audit", "Show who changed what, when and from where; times are UTC") { app, since, lines, format };
        command.SetAction((parse, ct) => RunAsync(context, new Options(
            AppChoice.Named(parse, app),
            parse.GetValue(since) is { } duration ? context.Time.GetUtcNow() - Values.Duration("--since", duration) : null,
            parse.GetValue(lines) is { } count ? Values.Count("-n", count, 0, MaxEntries) : DefaultEntries,
            SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var entries = await client.ListAuditAsync(options.App, options.Since, options.Entries, ct).ConfigureAwait(false);
        if (options.Json)
        {
            JsonOutput.Write(context.Out, entries, ContractsJson.Default.IReadOnlyListAuditInfo);
            return ExitCodes.Done;
        }
        var table = new Table("TIME", "TOKEN", "APP", "OUTCOME", "FROM", "WHAT");
        // As in a log the newest comes last, next to the prompt.
        foreach (var entry in entries.Reverse())
        {
            table.Add(
                string.Create(CultureInfo.InvariantCulture, $"{entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}"), entry.Token, entry.App, entry.Outcome == "refused" ? $"refused ({entry.Status})" : entry.Outcome, entry.From,
                entry.Detail is null ? entry.Operation : $"{entry.Operation}: {entry.Detail}");
        }
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }
}
