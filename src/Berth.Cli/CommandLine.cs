using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Berth.Cli.Output;
using Berth.Cli.Terminals;
using Berth.Contracts;

namespace Berth.Cli;

/// <summary>Picks the command, parses, runs, and turns every ending into an exit code.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args, CommandContext context, CancellationToken ct)
    {
        try
        {
            return await DispatchAsync(args, context, ct).ConfigureAwait(false);
        }
        catch (BrokenPipeException)
        {
            return ExitCodes.BrokenPipe;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (CliException e)
        {
            return Fail(context, e.Message, e.ExitCode, e.Diagnostics);
        }
        catch (BerthUnreachableException e)
        {
            return Fail(context, e.Message, ExitCodes.Unreachable, []);
        }
        catch (BerthApiException e)
        {
            return Fail(context, e.Message, ExitCodeOf(e.Status), e.Diagnostics);
        }
    }

    public static int ExitCodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => ExitCodes.NotFound,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCodes.Refused,
        _ => ExitCodes.Failed,
    };

    private static Task<int> DispatchAsync(string[] args, CommandContext context, CancellationToken ct)
    {
        // What follows "--" is a command for a sandbox: no word of it is ours to interpret.
        var end = Array.IndexOf(args, "--");
        if (end >= 0)
            context = context.WithTrailing(args[(end + 1)..]);
        var own = end < 0 ? args : args[..end];

        if (own.Length > 0 && !own[0].StartsWith('-') && Catalogue.Find(own[0]) is null)
            throw CliException.Usage(CliMessages.UnknownCommand(own[0], Nearest.To(own[0], Catalogue.Names)));
        var root = Catalogue.Root(context, own.Length > 0 ? own[0] : null);
        var parse = root.Parse(own.Length == 0 ? ["--help"] : own, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is not System.CommandLine.Help.HelpAction)
            RefuseMistakes(parse, context);
        var output = new InvocationConfiguration { Output = context.Out, Error = context.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return parse.InvokeAsync(output, ct);
    }

    private static void RefuseMistakes(ParseResult parse, CommandContext context)
    {
        var command = parse.CommandResult.Command;
        var path = Catalogue.PathOf(parse.CommandResult);
        // The parser takes an option it does not know for an argument where one fits. A lone dash is a standard stream.
        var words = parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value).Concat(parse.UnmatchedTokens);
        if (words.FirstOrDefault(w => w.StartsWith('-') && w != "-") is { } option)
            throw CliException.Usage(CliMessages.UnknownOption(path, option, Nearest.To(option, command.Options.SelectMany(o => o.Aliases.Prepend(o.Name)))));
        if (parse.UnmatchedTokens is [var token, ..])
        {
            throw CliException.Usage(command.Subcommands.Count > 0
                ? CliMessages.UnknownCommand($"{path} {token}", Nearest.To(token, command.Subcommands.SelectMany(c => c.Aliases.Prepend(c.Name))))
                : CliMessages.UnexpectedArgument(path, token));
        }
        if (command is { Action: null, Subcommands.Count: > 0 })
            throw CliException.Usage(CliMessages.SubcommandMissing(path, command.Subcommands.Select(c => c.Name)));
        if (parse.Errors is [var error, ..])
            throw CliException.Usage(CliMessages.BadArguments(path, error.Message));
        if (context.Trailing is not null && !Catalogue.TakesTrailing(command))
            throw CliException.Usage(CliMessages.NothingAfterDashes(path));
    }

    private static int Fail(CommandContext context, string message, int exitCode, IReadOnlyList<DiagnosticInfo> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
            DiagnosticText.Write(context.Error, context.ErrorStyle, diagnostic);
        context.Error.Write($"{context.ErrorStyle.Red("error:")} {SafeText.Of(message)}\n");
        return exitCode;
    }
}
