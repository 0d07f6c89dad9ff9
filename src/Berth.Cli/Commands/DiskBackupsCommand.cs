using System.CommandLine;
using Berth.Cli.Output;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth disk backups [NAME]</c></summary>
internal static class DiskBackupsCommand
{
    public static Command Build(CommandContext context)
    {
        var name = new Argument<string?>("name") { Description = "Only of this disk, which may be gone", Arity = ArgumentArity.ZeroOrOne, HelpName = "NAME" };
        var format = SharedOptions.Format();
        var command = new Command("backups", "List the backups that the server has, when each was last proven, and what failed") { name, format };
        command.SetAction((parse, ct) => RunAsync(context, parse.GetValue(name), SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string? name, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var backups = await client.ListBackupsAsync(name, ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, backups, ContractsJson.Default.IReadOnlyListBackupInfo);
            return ExitCodes.Done;
        }
        var now = context.Time.GetUtcNow();
        var table = new Table("BACKUP", "DISK", "AGE", "SIZE", "PROVEN", "PROBLEM");
        foreach (var backup in backups)
            table.Add(backup.Id, backup.Disk, RelativeTime.Short(now - backup.At), backup.SizeBytes is { } size ? ByteSize.ForPeople(size) : null, RelativeTime.Ago(backup.ProvenAt, now), backup.Problem);
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }
}
