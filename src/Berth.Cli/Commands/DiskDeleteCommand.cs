using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth disk delete NAME [--yes]</c></summary>
internal static class DiskDeleteCommand
{
    public static Command Build(CommandContext context)
    {
        var name = DiskCommand.Name();
        var yes = SharedOptions.Yes();
        var command = new Command("delete", "Delete a disk that no sandbox has, with all that is on it") { name, yes };
        command.SetAction((parse, ct) => RunAsync(context, parse.GetRequiredValue(name), parse.GetValue(yes), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string name, bool yes, CancellationToken ct)
    {
        using var client = context.Connect();
        context.Confirm($"delete disk {name} with all that is on it", yes);
        await client.DeleteDiskAsync(name, ct).ConfigureAwait(false);
        context.Error.Write($"{name} deleted\n");
        return ExitCodes.Done;
    }
}
