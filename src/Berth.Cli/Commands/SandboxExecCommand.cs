using System.CommandLine;
using Berth.Cli.Exec;

namespace Berth.Cli.Commands;

/// <summary><c>berth sandbox exec ID -- CMD</c></summary>
internal static class SandboxExecCommand
{
    private sealed record Options(string Sandbox, IReadOnlyList<string> Command);

    public static Command Build(CommandContext context)
    {
        var id = new Argument<string>("id") { Description = "The sandbox, as \"berth sandbox list\" shows it", HelpName = "ID" };
        var command = new Command("exec", "Run a command in a sandbox and exit with its code: berth sandbox exec ID -- CMD; a shell without CMD") { id };
        command.SetAction((parse, ct) => RunAsync(context, new Options(parse.GetRequiredValue(id), context.Trailing ?? Shell.Interactive), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        if (options.Command.Count == 0)
            throw CliException.Usage(CliMessages.CommandMissing);
        using var client = context.Connect();
        return await new ExecRun(context.Terminal).RunAsync(options.Command, query => client.ExecAsync(options.Sandbox, query, ct), ct).ConfigureAwait(false);
    }
}
