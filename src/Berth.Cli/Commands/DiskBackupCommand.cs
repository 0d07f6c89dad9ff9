using System.CommandLine;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth disk backup NAME &gt; FILE</c>, <c>berth disk backup NAME --on-server</c></summary>
internal static class DiskBackupCommand
{
    public static Command Build(CommandContext context)
    {
        var name = DiskCommand.Name();
        var onServer = new Option<bool>("--on-server") { Description = "Have the server keep it among those of the disk's schedule, instead of sending it" };
        var command = new Command("backup", "Write a disk's files as a .tar.gz to standard output; its sandbox stands still while they are copied on the server") { name, onServer };
        command.SetAction((parse, ct) => parse.GetValue(onServer) ? MakeAsync(context, parse.GetRequiredValue(name), ct) : RunAsync(context, parse.GetRequiredValue(name), ct));
        return command;
    }

    private static async Task<int> MakeAsync(CommandContext context, string name, CancellationToken ct)
    {
        using var client = context.Connect();
        var made = await client.MakeBackupAsync(name, ct).ConfigureAwait(false);
        context.Error.Write($"{made.Id} made: {ByteSize.ForPeople(made.SizeBytes ?? 0)}, {made.Path} on the server\n");
        return ExitCodes.Done;
    }

    private static async Task<int> RunAsync(CommandContext context, string name, CancellationToken ct)
    {
        if (context.Terminal.OutputIsTerminal)
            throw CliException.Usage(CliMessages.BackupToTerminal(name));
        using var client = context.Connect();
        await client.BackUpDiskAsync(name, context.Terminal.Output, ct).ConfigureAwait(false);
        return ExitCodes.Done;
    }
}
