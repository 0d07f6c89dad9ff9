using System.CommandLine;
using System.Globalization;
using System.Text;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth logs [-a APP] [-f] [--service web] [-s SANDBOX] [--last 5m] [-n 100] [-g FILTER]</c></summary>
internal static class LogsCommand
{
    /// <summary>Lines shown where nothing says how many or since when.</summary>
    private const int DefaultLines = 100;

    private const int MaxLines = 1_000_000;

    private sealed record Options(string App, LogQuery Query, bool Json);

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what is printed from now on" };
        var service = SharedOptions.Service("Only of this service and its sidecars, or of one of those (web/proxy); router and deploy are sources too");
        var sandbox = new Option<string?>("--sandbox", "-s") { Description = "Only of this sandbox, also of one that is gone", HelpName = "SANDBOX" };
        var last = new Option<string?>("--last") { Description = "Only what is no older: 30s, 5m, 1h30m, 2d", HelpName = "TIME" };
        var lines = new Option<string?>("--lines", "-n") { Description = $"At most so many of the last lines; default {DefaultLines}, or all with --last", HelpName = "COUNT" };
        var filter = new Option<string?>("--filter", "-g") { Description = "Words that must all be in a line; \"a phrase\", /regex/, -not", HelpName = "FILTER" };
        var format = SharedOptions.Format();
        var command = new Command("logs", "Show what an app's sandboxes print; times are UTC, S is stdout and E is stderr") { name, app, follow, service, sandbox, last, lines, filter, format };
        command.SetAction((parse, ct) =>
        {
            var since = parse.GetValue(last) is { } duration ? context.Time.GetUtcNow() - Values.Duration("--last", duration) : (DateTimeOffset?)null;
            var query = new LogQuery
            {
                Follow = parse.GetValue(follow),
                Service = parse.GetValue(service),
                Sandbox = parse.GetValue(sandbox),
                Since = since,
                Lines = parse.GetValue(lines) is { } count ? Values.Count("-n", count, 0, MaxLines) : since is null ? DefaultLines : null,
                Filter = parse.GetValue(filter),
            };
            return RunAsync(context, new Options(AppChoice.Of(context, parse, app, name), query, SharedOptions.IsJson(parse, format)), ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        await foreach (var line in client.ReadLogsAsync(options.App, options.Query, ct).ConfigureAwait(false))
        {
            if (options.Json)
                JsonOutput.WriteLine(context.Out, line, ContractsJson.Default.LogLine);
            else
                context.Out.Write(Text(context, line));
        }
        return ExitCodes.Done;
    }

    private static string Text(CommandContext context, LogLine line)
    {
        var style = context.OutStyle;
        var text = new StringBuilder();
        text.Append(line.Stream == "E" ? style.Red("E") : "S");
        text.Append(CultureInfo.InvariantCulture, $" {line.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}: ");
        text.Append(style.Dim($"[{style.Foreign(line.Service)}]")).Append(' ').Append(style.Foreign(line.Text)).Append('\n');
        return text.ToString();
    }
}
