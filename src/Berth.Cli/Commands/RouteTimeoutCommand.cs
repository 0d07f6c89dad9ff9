using System.CommandLine;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth route timeout HOST 10s</c></summary>
internal static class RouteTimeoutCommand
{
    private const string Default = "default";

    public static Command Build(CommandContext context)
    {
        var host = RouteCommand.Host();
        var limit = new Argument<string>("limit") { Description = "For example 30s or 5m; default: the router's own limit, 60 s", HelpName = "DURATION" };
        var command = new Command("timeout", "Limit the time until an app begins to answer; then 504") { host, limit };
        command.SetAction((parse, ct) =>
        {
            var text = parse.GetRequiredValue(limit);
            var seconds = text == Default ? 0 : Values.Seconds("limit", text).TotalSeconds;
            var done = text == Default ? "has the router's own time limit" : $"has {seconds} s to answer";
            return RouteCommand.ChangeAsync(context, parse.GetRequiredValue(host), new RouteChangeRequest { TimeoutSeconds = seconds }, done, ct);
        });
        return command;
    }
}
