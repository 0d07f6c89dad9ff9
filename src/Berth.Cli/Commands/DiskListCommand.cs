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
        var table = new Table("NAME", "SIZE", "USED", "FS", "LEASED-BY", "LEASED");
        foreach (var disk in disks)
        {
            table.Add(disk.Name, ByteSize.ForPeople(disk.SizeBytes), disk.UsedBytes is { } used ? ByteSize.ForPeople(used) : null, disk.Filesystem, disk.Lease?.Sandbox,
                RelativeTime.Ago(disk.Lease?.Since, now));
        }
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }
}
