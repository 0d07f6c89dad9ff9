using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Cli.Terminals;
using Berth.Contracts;

namespace Berth.Cli;

/// <summary>All that a command touches outside itself: streams, environment, folder, clock. Tests give their own.</summary>
internal sealed class CommandContext
{
    /// <summary>Results. Nothing else is written here.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Talk: progress, hints, errors, questions.</summary>
    public required TextWriter Error { get; init; }

    public required ITerminal Terminal { get; init; }

    /// <summary>An environment variable; null where it is not set or empty.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The working directory.</summary>
    public required string Folder { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>What follows a <c>--</c> on the command line; null where there was none.</summary>
    public IReadOnlyList<string>? Trailing { get; init; }

    public CommandContext WithTrailing(IReadOnlyList<string> words) => new()
    {
        Out = Out,
        Error = Error,
        Terminal = Terminal,
        Environment = Environment,
        Folder = Folder,
        Time = Time,
        Trailing = words,
    };

    public Style OutStyle => field ??= Style.For(Terminal.OutputIsTerminal, Environment);

    public Style ErrorStyle => field ??= Style.For(Terminal.ErrorIsTerminal, Environment);

    public void Warn(string message) => Error.Write($"{ErrorStyle.Yellow("warning:")} {SafeText.Of(message)}\n");

    /// <summary>A client for the server that environment and login name.</summary>
    public BerthClient Connect()
    {
        var chosen = ServerChoice.Of(this);
        return new BerthClient(chosen.Server, chosen.Token);
    }

    /// <summary>Asks yes or no on the terminal; elsewhere only <paramref name="yes"/> counts.</summary>
    /// <exception cref="CliException">Not confirmed.</exception>
    public void Confirm(string question, bool yes)
    {
        if (yes)
            return;
        if (!Terminal.InputIsTerminal || !Terminal.ErrorIsTerminal)
            throw CliException.Usage(CliMessages.NeedsYes(question));
        Error.Write($"{question}? [y/N] ");
        if (Terminal.ReadLine()?.Trim().ToLowerInvariant() is not ("y" or "yes"))
            throw new CliException(ExitCodes.Failed, CliMessages.NotConfirmed);
    }
}
