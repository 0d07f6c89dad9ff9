using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth completion bash|zsh|fish</c>: a script for the shell that asks <c>berth complete</c> for the words that fit.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _berth() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(berth complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _berth berth

        """;

    private const string Zsh = """
        #compdef berth
        _berth() {
            local -a words_found
            words_found=("${(@f)$(berth complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            compadd -a words_found
        }
        compdef _berth berth

        """;

    private const string Fish = """
        complete -c berth -f -a '(berth complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'

        """;

    public static Command Build(CommandContext context)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish", HelpName = "SHELL" };
        var command = new Command("completion", "Print a script that completes berth's commands and options in a shell") { shell };
        command.SetAction(parse =>
        {
            context.Out.Write(parse.GetRequiredValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                var other => throw CliException.Usage(CliMessages.UnknownShell(other)),
            });
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary><c>berth complete -- WORD …</c>: what the last word, which may be empty, can become.</summary>
    public static Command BuildComplete(CommandContext context)
    {
        var command = new Command("complete", "Print completions, for the scripts of \"berth completion\"") { Hidden = true };
        command.SetAction(_ =>
        {
            var words = context.Trailing ?? [];
            var parse = Catalogue.Root(context, null).Parse([.. words]);
            foreach (var completion in parse.GetCompletions())
                context.Out.Write(completion.Label + "\n");
            return ExitCodes.Done;
        });
        return command;
    }
}
