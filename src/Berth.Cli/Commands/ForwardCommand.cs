using System.CommandLine;
using System.Net;
using Berth.Cli.Forwarding;
using Berth.Cli.Settings;

namespace Berth.Cli.Commands;

/// <summary><c>berth forward [APP] SERVICE:PORT [LOCALPORT]</c></summary>
internal static class ForwardCommand
{
    /// <param name="LocalPort">Null: the same as there, or a free one where that is taken.</param>
    private sealed record Options(string App, string Service, int Port, int? LocalPort);

    public static Command Build(CommandContext context)
    {
        var words = new Argument<string[]>("service:port")
        {
            Description = "The service and its port; before it the app, in place of --app; after it the port of this machine: default is the same, or a free one where that is taken",
            HelpName = "[APP] SERVICE:PORT [LOCALPORT]",
            Arity = new ArgumentArity(1, 3),
        };
        var app = SharedOptions.App();
        var command = new Command("forward", "Listen on a port of this machine, 127.0.0.1 alone, and connect to a port of a service whoever connects there, until interrupted") { words, app };
        command.SetAction((parse, ct) => RunAsync(context, Parse(context, parse, parse.GetRequiredValue(words), app), ct));
        return command;
    }

    private static Options Parse(CommandContext context, ParseResult parse, string[] words, Option<string?> app)
    {
        int target = Array.FindIndex(words, w => w.Contains(':', StringComparison.Ordinal));
        if (target < 0)
            throw CliException.Usage(CliMessages.ForwardMissing);
        if (target > 1 || words.Length > target + 2)
            throw CliException.Usage(CliMessages.UnexpectedArgument("berth forward", words[target > 1 ? 1 : target + 2]));
        if (words[target].Split(':') is not [{ Length: > 0 } service, var port])
            throw CliException.Usage(CliMessages.BadForward(words[target]));
        return new Options(
            AppChoice.Of(context, parse.GetValue(app), target == 1 ? words[0] : null),
            service,
            Port("port", port),
            words.Length > target + 1 ? Port("local port", words[target + 1]) : null);
    }

    private static int Port(string what, string text) => Values.Count(what, text, 1, IPEndPoint.MaxPort);

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        await client.CheckForwardAsync(options.App, options.Service, options.Port, ct).ConfigureAwait(false);
        using var forward = LocalForward.Listen(options.LocalPort, options.Port);
        context.Out.Write($"127.0.0.1:{forward.Port} leads to port {options.Port} of service {options.Service} of app {options.App}\n");
        await forward.RunAsync(
            (connection, stop) => client.ForwardAsync(options.App, options.Service, options.Port, connection, stop),
            problem => context.Warn(CliMessages.NotForwarded(problem)), ct).ConfigureAwait(false);
        return ExitCodes.Done;
    }
}
