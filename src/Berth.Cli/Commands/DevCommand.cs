using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using Berth.Cli.Dev;

namespace Berth.Cli.Commands;

/// <summary><c>berth dev [DIR] [SERVICE …]</c></summary>
internal static class DevCommand
{
    /// <summary>Longest that <c>-t</c> takes, in seconds.</summary>
    private const double MaxTimeout = 3600;

    public static Command Build(CommandContext context)
    {
        var words = new Argument<string[]>("services") { Description = "The folder that holds the source (default: this one), and services to run (default: all)", Arity = ArgumentArity.ZeroOrMore, HelpName = "DIR|SERVICE" };
        var procfile = new Option<string?>("--procfile", "-f") { Description = "A Procfile in place of the folder's own; its folder is the source where none is named", HelpName = "FILE" };
        var env = new Option<string?>("--env", "-e") { Description = "Files of variables, with commas between; default: .env in the folder, where there is one", HelpName = "FILE" };
        var port = new Option<string?>("--port", "-p") { Description = "PORT of the first service's first process; default: PORT in the .env file, else in the environment, else 5000", HelpName = "PORT" };
        var formation = new Option<string?>("--formation", "-m") { Description = "How many processes of each service, for example web=1,worker=2 or all=2; a service that is not named does not run", HelpName = "FORMATION" };
        var concurrency = new Option<string?>("--concurrency", "-c") { Description = "As -m, but a service that is not named runs once", HelpName = "FORMATION" };
        var timeout = new Option<string?>("--timeout", "-t") { Description = "Seconds between SIGTERM and SIGKILL; default: the longest stop_timeout of the services (10)", HelpName = "SECONDS" };
        var command = new Command("dev", "Run the services of a folder as local processes; when one exits all are stopped, and its code is the exit code") { words, procfile, env, port, formation, concurrency, timeout };
        command.SetAction((parse, ct) =>
        {
            var app = DevApp.Read(context, parse.GetValue(words) ?? [], parse.GetValue(procfile));
            var variables = DevApp.ReadVariables(context, app.Folder, parse.GetValue(env));
            var basePort = BasePort(context, parse.GetValue(port), variables.LastOrDefault(v => v.Key == DevEnvironment.Port)?.Value);
            var plan = DevPlan.Of(app.Definition, app.Chosen, Formation(parse.GetValue(formation), parse.GetValue(concurrency)), basePort);
            foreach (var service in plan.LeftOut)
                context.Warn(DevMessages.LeftOut(service.Name));
            foreach (var (service, sidecar) in plan.LeftOutSidecars)
                context.Warn(DevMessages.LeftOut(service, sidecar.Name));
            if (plan.Processes.Count + plan.Containers.Count == 0)
                throw new CliException(ExitCodes.Failed, DevMessages.NothingToRun(app.Folder));
            var stopTimeout = parse.GetValue(timeout) is { } text ? Timeout(text) : plan.LongestStopTimeout;
            return RunAsync(new DevRun(context, plan)
            {
                Folder = app.Folder,
                Environment = new DevEnvironment(app.Name, app.Definition.Env, variables),
                StopTimeout = stopTimeout,
            }, ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(DevRun run, CancellationToken ct)
    {
        try
        {
            return await run.RunAsync(ct).ConfigureAwait(false);
        }
        catch (Win32Exception e)
        {
            throw new CliException(ExitCodes.Failed, DevMessages.CannotStart(e.Message));
        }
    }

    private static Formation Formation(string? formation, string? concurrency) => (formation, concurrency) switch
    {
        (null, null) => Dev.Formation.Default,
        ({ } text, null) => Dev.Formation.Parse(text, others: 0),
        (null, { } text) => Dev.Formation.Parse(text, others: 1),
        _ => throw CliException.Usage(DevMessages.TwoFormations),
    };

    private static int BasePort(CommandContext context, string? option, string? ofFile) => (option, ofFile, context.Environment(DevEnvironment.Port)) switch
    {
        ({ } text, _, _) => Port("-p", text),
        (_, { } text, _) => Port("PORT in the .env file", text),
        (_, _, { } text) => Port("PORT in the environment", text),
        _ => DevPlan.DefaultPort,
    };

    private static int Port(string origin, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
            ? port
            : throw CliException.Usage(DevMessages.BadPort(origin, text));

    private static TimeSpan Timeout(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= MaxTimeout
            ? TimeSpan.FromSeconds(seconds)
            : throw CliException.Usage(DevMessages.BadTimeout(text));
}
