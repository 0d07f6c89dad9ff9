using System.CommandLine;
using System.Text;

namespace Berth.Cli;

/// <summary>The reference of all commands, options and exit codes as Markdown, out of the command tree.</summary>
internal static class CommandReference
{
    private const string Introduction = """
        # The command line

        Written by `berth reference`; a test compares this page with the program. Words in capitals stand for a value.

        - Server: `BERTH_URL`, else the one logged in to last (`berth login`), else `http://127.0.0.1:7070`.
        - Token: `BERTH_TOKEN`, else the one kept by `berth login` for that server, else, for a server on this machine, the file
          `admin-token` in its state folder (`/var/lib/berth`, or `BERTH_STATE`) where it can be read.
        - App: `--app`, else `BERTH_APP`, else the name in the folder's `app.toml`, else the folder's name.
        - Results go to stdout, talk to stderr. Colour and moving lines appear only on a terminal, and not with `NO_COLOR`.
        - What takes `--format json` prints the API's own objects: an array for a list, one object a line for logs.
        - Times in logs are UTC. Control characters in foreign text are spelled out on a terminal and unchanged elsewhere.
        - Ctrl-C detaches from a deployment, which goes on; `berth deploy --cancel` stops it.

        | exit code | meaning |
        |---|---|
        | 0 | done |
        | 1 | failed |
        | 2 | the command line is wrong, or a confirmation is missing (`--yes`) |
        | 3 | not found |
        | 4 | refused: no token, or not this token |
        | 5 | the server cannot be reached |
        | 130 | ended by Ctrl-C |
        | 141 | nobody reads the output any more |

        `exec`, `ssh` and `sandbox exec` exit with the command's own code, `dev` with that of the process that exited first.

        """;

    public static string Write(RootCommand root)
    {
        var text = new StringBuilder(Introduction);
        foreach (var command in root.Subcommands.Where(c => !c.Hidden))
            Append(text, "berth", command);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string parent, Command command)
    {
        var path = $"{parent} {command.Name}";
        text.Append('\n').Append("## ").Append(path).Append("\n\n").Append(command.Description).Append(".\n");
        if (command.Aliases.Count > 0)
            text.Append("\nAlso: ").AppendJoin(", ", command.Aliases.Order(StringComparer.Ordinal).Select(a => $"`{parent} {a}`")).Append(".\n");
        var rows = command.Arguments.Where(a => !a.Hidden).Select(a => (Name: a.Arity.MinimumNumberOfValues == 0 ? $"[{Shown(a)}]" : Shown(a), a.Description))
            .Concat(command.Options.Where(o => !o.Hidden).Select(o => (Name: Shown(o), o.Description))).ToList();
        if (rows.Count > 0)
            text.Append("\n| | |\n|---|---|\n");
        foreach (var (name, description) in rows)
            text.Append("| `").Append(name).Append("` | ").Append(description?.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
        foreach (var subcommand in command.Subcommands.Where(c => !c.Hidden))
            Append(text, path, subcommand);
    }

    private static string Shown(Argument argument) => argument.HelpName + (argument.Arity.MaximumNumberOfValues == ArgumentArity.OneOrMore.MaximumNumberOfValues ? " …" : "");

    private static string Shown(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(n => n.Length));
        return option.HelpName is { } value ? $"{names} {value}" : names;
    }
}
