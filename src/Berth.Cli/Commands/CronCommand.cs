using System.CommandLine;
using System.Globalization;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth cron list/history/run</c></summary>
internal static class CronCommand
{
    private const int DefaultRuns = 50;
    private const int MaxRuns = 10_000;

    public static Command Build(CommandContext context) => new("cron", "Commands of the app that run at times, by [[crons]] of app.toml")
    {
        BuildList(context),
        BuildHistory(context),
        BuildRun(context),
    };

    private static Command BuildList(CommandContext context)
    {
        var app = SharedOptions.App();
        var format = SharedOptions.Format();
        var command = new Command("list", "List crons with their next and their last run") { app, format };
        command.SetAction((parse, ct) => ListAsync(context, AppChoice.Of(context, parse, app), SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static Command BuildHistory(CommandContext context)
    {
        var name = new Argument<string?>("name") { Description = "Only of this cron", Arity = ArgumentArity.ZeroOrOne, HelpName = "NAME" };
        var app = SharedOptions.App();
        var lines = new Option<string?>("--lines", "-n") { Description = $"At most so many of the last runs; default {DefaultRuns}", HelpName = "COUNT" };
        var format = SharedOptions.Format();
        var command = new Command("history", "Show how crons went; what one printed is shown by \"berth logs -s ID\"") { name, app, lines, format };
        command.SetAction((parse, ct) => HistoryAsync(
            context, AppChoice.Of(context, parse, app), parse.GetValue(name), parse.GetValue(lines) is { } count ? Values.Count("-n", count, 0, MaxRuns) : DefaultRuns, SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static Command BuildRun(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = "The cron, as \"berth cron list\" shows it", HelpName = "NAME" };
        var app = SharedOptions.App();
        var format = SharedOptions.Format();
        var command = new Command("run", "Run a cron now, whatever its schedule, and print its sandbox") { name, app, format };
        command.SetAction((parse, ct) => RunAsync(context, AppChoice.Of(context, parse, app), parse.GetRequiredValue(name), SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static async Task<int> ListAsync(CommandContext context, string app, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var crons = await client.ListCronsAsync(app, ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, crons, ContractsJson.Default.IReadOnlyListCronInfo);
            return ExitCodes.Done;
        }
        var now = context.Time.GetUtcNow();
        var table = new Table("NAME", "SCHEDULE", "ZONE", "NEXT", "LAST", "OUTCOME", "COMMAND");
        foreach (var cron in crons)
        {
            table.Add(cron.Name, cron.Schedule, cron.TimeZone, cron.NextAt is { } next ? $"in {RelativeTime.Short(next - now)}" : "never", RelativeTime.Ago(cron.LastAt, now), cron.LastOutcome, cron.Command);
        }
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }

    private static async Task<int> HistoryAsync(CommandContext context, string app, string? name, int lines, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var runs = await client.ListCronRunsAsync(app, name, lines, ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, runs, ContractsJson.Default.IReadOnlyListCronRunInfo);
            return ExitCodes.Done;
        }
        var table = new Table("ID", "CRON", "RELEASE", "DUE", "TOOK", "OUTCOME", "PROBLEM");
        foreach (var run in runs)
        {
            table.Add(
                run.Id, run.Cron, run.Release, run.Due is { } due ? string.Create(CultureInfo.InvariantCulture, $"{due.UtcDateTime:yyyy-MM-dd HH:mm}") : "by hand",
                run.EndedAt is { } end && run.Outcome is not ("skipped" or "missed") ? RelativeTime.Took(end - run.At) : null, run.Outcome, run.Problem);
        }
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }

    private static async Task<int> RunAsync(CommandContext context, string app, string name, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var run = await client.RunCronAsync(app, name, ct).ConfigureAwait(false);
        if (json)
            JsonOutput.Write(context.Out, run, ContractsJson.Default.CronRunInfo);
        else if (run.Problem is null)
            context.Out.Write(context.OutStyle.Foreign(run.Id) + "\n");
        else
            throw new CliException(ExitCodes.Failed, CliMessages.CronNotStarted(name, run.Problem));
        return ExitCodes.Done;
    }
}
