using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth sandbox stop ID</c></summary>
internal static class SandboxStopCommand
{
    public static Command Build(CommandContext context)
    {
        var id = new Argument<string>("id") { Description = "The sandbox, as \"berth sandbox list\" shows it", HelpName = "ID" };
        var command = new Command("stop", "Stop a sandbox; its pool starts another in its place") { id };
        command.SetAction((parse, ct) => RunAsync(context, parse.GetRequiredValue(id), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string id, CancellationToken ct)
    {
        using var client = context.Connect();
        await client.StopSandboxAsync(id, ct).ConfigureAwait(false);
        context.Error.Write($"{id} stopped\n");
        return ExitCodes.Done;
    }
}
