using System.CommandLine;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth route https HOST on</c></summary>
internal static class RouteHttpsCommand
{
    public static Command Build(CommandContext context)
    {
        var host = RouteCommand.Host();
        var to = new Argument<string>("on|off") { Description = "on: requests without TLS are sent to the same address with it; off: they are answered", HelpName = "on|off" };
        var command = new Command("https", "Answer with TLS only") { host, to };
        command.SetAction((parse, ct) =>
        {
            var text = parse.GetRequiredValue(to);
            if (text is not ("on" or "off"))
                throw CliException.Usage(CliMessages.BadSwitch(text));
            var done = text == "on" ? "answers with TLS only" : "answers with and without TLS";
            return RouteCommand.ChangeAsync(context, parse.GetRequiredValue(host), new RouteChangeRequest { HttpsOnly = text == "on" }, done, ct);
        });
        return command;
    }
}
