using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth disk backup NAME &gt; FILE</c></summary>
internal static class DiskBackupCommand
{
    public static Command Build(CommandContext context)
    {
        var name = DiskCommand.Name();
        var command = new Command("backup", "Write a disk's files as a .tar.gz to standard output; its sandbox stands still while they are copied on the server") { name };
        command.SetAction((parse, ct) => RunAsync(context, parse.GetRequiredValue(name), ct));
        return command;
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
