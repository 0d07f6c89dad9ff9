using System.CommandLine;
using System.Globalization;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth drain add APP URL</c>, <c>berth drain list [-a APP]</c>, <c>berth drain remove ID</c></summary>
internal static class DrainCommand
{
    public static Command Build(CommandContext context) =>
        new("drain", "Log drains: where an app's log lines are sent as they come") { BuildAdd(context), BuildList(context), BuildRemove(context) };

    private static Command BuildAdd(CommandContext context)
    {
        var app = new Argument<string>("app") { Description = "The app", HelpName = "APP" };
        var url = new Argument<string>("url") { Description = "syslog://HOST:PORT or syslog+tls://HOST:PORT for RFC 5424 over TCP, http:// or https:// for JSON lines by POST", HelpName = "URL" };
        var format = SharedOptions.Format();
        var command = new Command("add", "Send an app's log lines to a receiver, from now on") { app, url, format };
        command.SetAction((parse, ct) => AddAsync(context, parse.GetRequiredValue(app), parse.GetRequiredValue(url), SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static Command BuildList(CommandContext context)
    {
        var app = SharedOptions.App("Only of this app; default: of all");
        var format = SharedOptions.Format();
        var command = new Command("list", "List log drains: what was sent and left out, what waits, and the last error") { app, format };
        command.SetAction((parse, ct) => ListAsync(context, AppChoice.Named(parse, app), SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static Command BuildRemove(CommandContext context)
    {
        var id = new Argument<string>("id") { Description = "The drain, as drain list shows it", HelpName = "ID" };
        var command = new Command("remove", "Send no more log lines there") { id };
        command.SetAction((parse, ct) => RemoveAsync(context, parse.GetRequiredValue(id), ct));
        return command;
    }

    private static async Task<int> AddAsync(CommandContext context, string app, string url, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var drain = await client.AddDrainAsync(app, new DrainRequest(url), ct).ConfigureAwait(false);
        if (json)
            JsonOutput.Write(context.Out, drain, ContractsJson.Default.DrainInfo);
        else
            context.Out.Write(drain.Id + "\n");
        return ExitCodes.Done;
    }

    private static async Task<int> ListAsync(CommandContext context, string? app, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var drains = await client.ListDrainsAsync(app, ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, drains, ContractsJson.Default.IReadOnlyListDrainInfo);
            return ExitCodes.Done;
        }
        var table = new Table("ID", "APP", "URL", "STATE", "SENT", "DROPPED", "WAITING", "LAST ERROR");
        var now = context.Time.GetUtcNow();
        foreach (var drain in drains)
        {
            table.Add(drain.Id, drain.App, drain.Url, drain.State, drain.Sent.ToString(CultureInfo.InvariantCulture), drain.Dropped.ToString(CultureInfo.InvariantCulture),
                ByteSize.ForPeople(drain.WaitingBytes), drain.LastError is { } error ? $"{RelativeTime.Ago(drain.LastErrorAt, now)}: {error}" : null);
        }
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }

    private static async Task<int> RemoveAsync(CommandContext context, string id, CancellationToken ct)
    {
        using var client = context.Connect();
        await client.RemoveDrainAsync(id, ct).ConfigureAwait(false);
        context.Error.Write($"{SafeText.Of(id)} removed\n");
        return ExitCodes.Done;
    }
}
