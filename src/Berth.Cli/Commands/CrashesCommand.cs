using System.CommandLine;
using System.Globalization;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth crashes [APP]</c>, <c>berth crashes show SANDBOX</c></summary>
internal static class CrashesCommand
{
    private const int CurveHeight = 2;

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var format = SharedOptions.Format();
        var command = new Command("crashes", "List an app's crashes; they are kept after their sandboxes are gone") { name, app, format, BuildShow(context) };
        command.SetAction((parse, ct) => ListAsync(context, AppChoice.Of(context, parse, app, name), SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static Command BuildShow(CommandContext context)
    {
        var sandbox = new Argument<string>("sandbox") { Description = "The sandbox that crashed", HelpName = "SANDBOX" };
        var format = SharedOptions.Format();
        var command = new Command("show", "Show how a sandbox ended, how its memory went, its last 500 lines, and what its release had changed") { sandbox, format };
        command.SetAction((parse, ct) => ShowAsync(context, parse.GetRequiredValue(sandbox), SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static async Task<int> ListAsync(CommandContext context, string app, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var crashes = await client.ListCrashesAsync(app, ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, crashes, ContractsJson.Default.IReadOnlyListCrashSummary);
            return ExitCodes.Done;
        }
        var table = new Table("SANDBOX", "SERVICE", "RELEASE", "WHEN", "IN A ROW", "REASON");
        foreach (var crash in crashes)
            table.Add(crash.Sandbox, crash.Service, crash.Release, RelativeTime.Ago(crash.At, context.Time.GetUtcNow()), crash.Count.ToString(CultureInfo.InvariantCulture), crash.Reason);
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }

    private static async Task<int> ShowAsync(CommandContext context, string sandbox, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var details = await client.GetCrashAsync(sandbox, ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, details, ContractsJson.Default.CrashDetails);
            return ExitCodes.Done;
        }
        var crash = details.Crash;
        var lived = crash.StartedAt is { } started ? $" after {RelativeTime.Took(crash.At - started)}" : "";
        var row = crash.Count > 1 ? $", {crash.Count} crashes in a row" : "";
        context.Out.Write($"{context.OutStyle.Bold(SafeText.Of(crash.Sandbox))}: {SafeText.Of(crash.Reason)}{lived}, {RelativeTime.Ago(crash.At, context.Time.GetUtcNow())}{row}\n");
        context.Out.Write($"service {crash.Service} of {crash.App} {crash.Release ?? $"{crash.Version} (gone)"}, exit code {crash.ExitCode}\n");
        if (details.LastGood is { } good)
            WriteChanges(context, good, details.Changes);
        if (details.Memory is { } memory)
            WriteMemory(context, memory, crash);
        context.Out.Write(context.OutStyle.Bold(details.LastLines.Count == 0 ? "it printed nothing" : "last lines") + "\n");
        foreach (var line in details.LastLines)
            context.Out.Write($"  {context.OutStyle.Foreign(line)}\n");
        return ExitCodes.Done;
    }

    /// <summary>A column a reading. The kernel's own peak may lie between two of them.</summary>
    private static void WriteMemory(CommandContext context, MemoryCurveInfo memory, CrashSummary crash)
    {
        var highest = Math.Max(memory.LimitBytes ?? memory.PeakBytes ?? 0, memory.Points.Max(p => p.Bytes));
        var limit = memory.LimitBytes is { } bytes ? $" of {ByteSize.ForPeople(bytes)}" : "";
        var peak = memory.PeakBytes is { } most ? $", peak {ByteSize.ForPeople(most)} with page cache" : "";
        context.Out.Write($"{context.OutStyle.Bold("memory")} {ByteSize.ForPeople(memory.Points[^1].Bytes)}{limit} when last seen, {RelativeTime.Took(crash.At - memory.Points[^1].At)} before the end{peak}\n");
        foreach (var line in Graph.Lines([.. memory.Points.Select(p => (double)p.Bytes)], highest, CurveHeight))
            context.Out.Write($"  {context.OutStyle.Green(line.TrimEnd())}\n");
        context.Out.Write($"  {context.OutStyle.Dim($"from {RelativeTime.Took(crash.At - memory.Points[0].At)} before the end on; full height is {ByteSize.ForPeople(highest)}")}\n");
    }

    private static void WriteChanges(CommandContext context, string good, IReadOnlyList<ChangeInfo> changes)
    {
        context.Out.Write(context.OutStyle.Bold($"changed since {good}") + "\n");
        foreach (var change in changes)
            context.Out.Write($"  {SafeText.Of(change.Text)}\n");
        if (changes.Count == 0)
            context.Out.Write("  nothing\n");
    }
}
