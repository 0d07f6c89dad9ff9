using System.CommandLine;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth disk restore NAME [--size GB] &lt; FILE</c>, <c>berth disk restore NAME --from BACKUP</c></summary>
internal static class DiskRestoreCommand
{
    public static Command Build(CommandContext context)
    {
        var name = DiskCommand.Name();
        var size = new Option<string?>("--size") { Description = "Its size in GB; default: that of the disk that was backed up", HelpName = "GB" };
        var from = new Option<string?>("--from") { Description = "A backup that the server has, as \"berth disk backups\" names it; default: what comes on standard input", HelpName = "BACKUP" };
        var command = new Command("restore", "Make a new disk from a backup") { name, size, from };
        command.SetAction((parse, ct) => RunAsync(context, parse.GetRequiredValue(name), parse.GetValue(size) is { } text ? Values.DiskSize(text) : null, parse.GetValue(from), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string name, int? sizeGb, string? from, CancellationToken ct)
    {
        if (from is null && context.Terminal.InputIsTerminal)
            throw CliException.Usage(CliMessages.RestoreFromTerminal(name));
        using var client = context.Connect();
        var made = await (from is null ? client.RestoreDiskAsync(name, context.Terminal.Input, sizeGb, ct) : client.RestoreDiskFromAsync(name, from, sizeGb, ct)).ConfigureAwait(false);
        context.Error.Write($"{made.Name} restored: {ByteSize.ForPeople(made.SizeBytes)}, {made.Filesystem}\n");
        return ExitCodes.Done;
    }
}
