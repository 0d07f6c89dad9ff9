using System.CommandLine;
using Berth.Cli.Exec;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth exec [APP] --process web [-i INDEX] [-c CMD]</c>, also <c>berth ssh</c></summary>
internal static class ExecCommand
{
    private sealed record Options(string App, string? Service, int Index, IReadOnlyList<string> Command);

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var service = SharedOptions.Service("The service; default: web or cmd where the app has it, else its only one");
        var index = new Option<string?>("--index", "-i") { Description = "Which of the service's running sandboxes, by age from 0; default 0", HelpName = "INDEX" };
        var line = new Option<string?>("--command", "-c") { Description = "A command line for the sandbox's shell; default: a shell to type in", HelpName = "CMD" };
        var command = new Command("exec", "Run a command or a shell in a running sandbox and exit with its code; words after -- are a command without a shell") { name, app, service, index, line };
        command.SetAction((parse, ct) =>
        {
            var options = new Options(
                AppChoice.Of(context, parse, app, name),
                parse.GetValue(service),
                parse.GetValue(index) is { } text ? Values.Count("-i", text, 0, Values.MaxInstances) : 0,
                Shell.Words(context.Trailing, parse.GetValue(line)));
            return RunAsync(context, options, ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var sandboxes = await client.ListSandboxesAsync(options.App, all: false, ct).ConfigureAwait(false);
        var sandbox = Choose(options, [.. sandboxes.Where(s => s.Status == "running")]);
        return await new ExecRun(context.Terminal).RunAsync(options.Command, query => client.ExecAsync(sandbox, query, ct), ct).ConfigureAwait(false);
    }

    private static string Choose(Options options, IReadOnlyList<SandboxInfo> running)
    {
        var services = running.Select(s => s.Service).Distinct().Order(StringComparer.Ordinal).ToList();
        if (services.Count == 0)
            throw new CliException(ExitCodes.NotFound, CliMessages.NoRunningSandbox(options.App, options.Service));
        var service = options.Service ?? services.Find(s => s is "web") ?? services.Find(s => s is "cmd")
            ?? (services.Count == 1 ? services[0] : throw CliException.Usage(CliMessages.ServiceNeeded(options.App, services)));
        // Ids of one service sort by age.
        var ids = running.Where(s => s.Service == service).Select(s => s.Id).Order(StringComparer.Ordinal).ToList();
        if (ids.Count == 0)
            throw new CliException(ExitCodes.NotFound, CliMessages.NoRunningSandbox(options.App, service));
        return options.Index < ids.Count ? ids[options.Index] : throw new CliException(ExitCodes.NotFound, CliMessages.NoSuchIndex(options.App, service, options.Index, ids.Count));
    }
}
