using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth disk prove NAME</c></summary>
internal static class DiskProveCommand
{
    public static Command Build(CommandContext context)
    {
        var name = DiskCommand.Name();
        var command = new Command("prove", "Restore the newest backup on trial and run the schedule's check on it, now") { name };
        command.SetAction((parse, ct) => RunAsync(context, parse.GetRequiredValue(name), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string name, CancellationToken ct)
    {
        using var client = context.Connect();
        var backup = await client.ProveBackupAsync(name, ct).ConfigureAwait(false);
        if (backup.Problem is { } problem)
            throw new CliException(ExitCodes.Failed, CliMessages.NotProven(backup.Id, problem));
        context.Error.Write($"{backup.Id} proven\n");
        return ExitCodes.Done;
    }
}
