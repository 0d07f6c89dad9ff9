using System.CommandLine;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth disk create NAME --size GB [--filesystem FS]</c></summary>
internal static class DiskCreateCommand
{
    public static Command Build(CommandContext context)
    {
        var name = DiskCommand.Name();
        var size = new Option<string>("--size") { Description = "Its size in GB; takes only what is written to it", HelpName = "GB", Required = true };
        var fileSystem = new Option<string?>("--filesystem") { Description = $"{string.Join(", ", DiskDefinition.FileSystems)}; default: {DiskDefinition.FileSystems[0]}", HelpName = "FS" };
        var command = new Command("create", "Make a disk; one that a service names with size_gb is made by itself") { name, size, fileSystem };
        command.SetAction((parse, ct) => RunAsync(context, new DiskRequest(parse.GetRequiredValue(name), Values.DiskSize(parse.GetRequiredValue(size)), parse.GetValue(fileSystem)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, DiskRequest disk, CancellationToken ct)
    {
        using var client = context.Connect();
        var made = await client.CreateDiskAsync(disk, ct).ConfigureAwait(false);
        context.Error.Write($"{made.Name} made: {ByteSize.ForPeople(made.SizeBytes)}, {made.Filesystem}\n");
        return ExitCodes.Done;
    }
}
