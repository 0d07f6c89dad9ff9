using System.CommandLine;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth route allow HOST NETWORK…</c></summary>
internal static class RouteAllowCommand
{
    public static Command Build(CommandContext context)
    {
        var host = RouteCommand.Host();
        var networks = new Argument<string[]>("networks") { Description = "Addresses and networks, for example 192.0.2.7 10.0.0.0/8; they replace those that were allowed before", Arity = ArgumentArity.ZeroOrMore, HelpName = "NETWORK" };
        var everyone = new Option<bool>("--everyone") { Description = "Let requests in from everywhere again" };
        var command = new Command("allow", "Let requests in from certain networks only") { host, networks, everyone };
        command.SetAction((parse, ct) =>
        {
            var allowed = parse.GetValue(networks) ?? [];
            if (allowed.Length == 0 != parse.GetValue(everyone))
                throw CliException.Usage(CliMessages.NothingToAllow);
            var done = allowed.Length == 0 ? "answers to everyone" : $"answers to {string.Join(", ", allowed)} only";
            return RouteCommand.ChangeAsync(context, parse.GetRequiredValue(host), new RouteChangeRequest { Allow = allowed }, done, ct);
        });
        return command;
    }
}
