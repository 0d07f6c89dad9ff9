using System.CommandLine;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth disk restore NAME [--size GB] &lt; FILE</c></summary>
internal static class DiskRestoreCommand
{
    public static Command Build(CommandContext context)
    {
        var name = DiskCommand.Name();
        var size = new Option<string?>("--size") { Description = "Its size in GB; default: that of the disk that was backed up", HelpName = "GB" };
        var command = new Command("restore", "Make a new disk from a backup on standard input") { name, size };
        command.SetAction((parse, ct) => RunAsync(context, parse.GetRequiredValue(name), parse.GetValue(size) is { } text ? Values.DiskSize(text) : null, ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string name, int? sizeGb, CancellationToken ct)
    {
        if (context.Terminal.InputIsTerminal)
            throw CliException.Usage(CliMessages.RestoreFromTerminal(name));
        using var client = context.Connect();
        var made = await client.RestoreDiskAsync(name, context.Terminal.Input, sizeGb, ct).ConfigureAwait(false);
        context.Error.Write($"{made.Name} restored: {ByteSize.ForPeople(made.SizeBytes)}, {made.Filesystem}\n");
        return ExitCodes.Done;
    }
}
