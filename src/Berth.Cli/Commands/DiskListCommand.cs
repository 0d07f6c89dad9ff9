using System.CommandLine;
using Berth.Cli.Output;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth disk list</c></summary>
internal static class DiskListCommand
{
    public static Command Build(CommandContext context)
    {
        var format = SharedOptions.Format();
        var command = new Command("list", "List all disks, and the sandboxes that have them") { format };
        command.SetAction((parse, ct) => RunAsync(context, SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var disks = await client.ListDisksAsync(ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, disks, ContractsJson.Default.IReadOnlyListDiskInfo);
            return ExitCodes.Done;
        }
        var now = context.Time.GetUtcNow();
        var table = new Table("NAME", "SIZE", "USED", "FS", "LEASED-BY", "LEASED", "LAST-BACKUP", "PROVEN");
        foreach (var disk in disks)
        {
            table.Add(disk.Name, ByteSize.ForPeople(disk.SizeBytes), disk.UsedBytes is { } used ? ByteSize.ForPeople(used) : null, disk.Filesystem, disk.Lease?.Sandbox,
                RelativeTime.Ago(disk.Lease?.Since, now), WithFailure(disk.LastBackupAt, disk.BackupProblem, now), WithFailure(disk.ProvenAt, disk.ProofProblem, now));
        }
        table.WriteTo(context.Out, context.OutStyle);
        foreach (var disk in disks)
        {
            foreach (var problem in new[] { disk.BackupProblem, disk.ProofProblem }.OfType<string>())
                context.Error.Write($"{disk.Name}: {problem}\n");
        }
        return ExitCodes.Done;
    }

    private static string? WithFailure(DateTimeOffset? last, string? problem, DateTimeOffset now) =>
        problem is null ? RelativeTime.Ago(last, now) : last is null ? "failed" : $"{RelativeTime.Ago(last, now)}, then failed";
}
