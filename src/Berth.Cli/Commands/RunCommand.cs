using System.CommandLine;
using Berth.Cli.Exec;
using Berth.Cli.Settings;

namespace Berth.Cli.Commands;

/// <summary><c>berth run [APP] [--process SERVICE] -- CMD</c></summary>
internal static class RunCommand
{
    private sealed record Options(string App, string? Service, IReadOnlyList<string> Command);

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var service = SharedOptions.Service("Run it with this service's image, variables and limits; default: one of the app's own image");
        var line = new Option<string?>("--command", "-c") { Description = "A command line for the sandbox's shell; default: a shell to type in", HelpName = "CMD" };
        var command = new Command("run", "Run a command in a new sandbox of the active release, exit with its code and remove the sandbox; words after -- are a command without a shell") { name, app, service, line };
        command.SetAction((parse, ct) =>
            RunAsync(context, new Options(AppChoice.Of(context, parse, app, name), parse.GetValue(service), Shell.Words(context.Trailing, parse.GetValue(line))), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        return await new ExecRun(context.Terminal).RunAsync(options.Command, query => client.RunAsync(options.App, options.Service, query, ct), ct).ConfigureAwait(false);
    }
}
