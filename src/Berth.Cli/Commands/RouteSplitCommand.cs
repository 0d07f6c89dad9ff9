using System.CommandLine;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth route split HOST v5=10%</c></summary>
internal static class RouteSplitCommand
{
    public static Command Build(CommandContext context)
    {
        var host = RouteCommand.Host();
        var share = new Argument<string?>("share") { Description = "The release and its share of the requests, for example v5=10%", Arity = ArgumentArity.ZeroOrOne, HelpName = "RELEASE=PERCENT" };
        var none = new Option<bool>("--none") { Description = "All requests go to the active release again" };
        var command = new Command("split", "Send a share of the requests to another release of the same app") { host, share, none };
        command.SetAction((parse, ct) =>
        {
            var text = parse.GetValue(share);
            if (text is null != parse.GetValue(none))
                throw CliException.Usage(CliMessages.ShareMissing);
            var (release, percent) = text is null ? ("", 0) : Values.Share(text);
            var done = text is null ? "all requests go to the active release" : $"{percent} % of the requests go to {release} once it is ready";
            return RouteCommand.ChangeAsync(context, parse.GetRequiredValue(host), new RouteChangeRequest { Share = new RouteShare(release, percent) }, done, ct);
        });
        return command;
    }
}
