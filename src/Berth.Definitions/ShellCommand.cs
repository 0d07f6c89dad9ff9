using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Berth.Definitions;

/// <summary>
/// A command for <c>/bin/sh -c</c> that can be stopped gracefully. A stop signal goes to every process of the sandbox. A shell that still
/// stands above the app dies of it at once, and the sandbox with it, while the app would have finished its work: so the shell steps
/// aside (<c>exec</c>) where the command is a single one, and else waits for what it has started (<c>trap</c>).
/// </summary>
internal static partial class ShellCommand
{
    /// <summary>The signals that an image may ask to be stopped by and that every shell can wait at. With another, the shell would not even start.</summary>
    private static readonly FrozenSet<string> StopSignals = FrozenSet.Create(StringComparer.Ordinal, "HUP", "INT", "QUIT", "USR1", "USR2", "WINCH", "1", "2", "3", "10", "12", "28");

    /// <summary>What the shell does itself, and words that begin something larger: these cannot be exec'ed.</summary>
    private static readonly FrozenSet<string> OfTheShell = FrozenSet.Create(StringComparer.Ordinal,
        "!", ".", ":", "[[", "alias", "bg", "break", "case", "cd", "command", "continue", "do", "done", "elif", "else", "esac", "eval", "exec", "exit", "export", "fg", "fi", "for",
        "function", "getopts", "hash", "if", "in", "jobs", "local", "read", "readonly", "return", "select", "set", "shift", "source", "then", "times", "trap", "type", "ulimit",
        "umask", "unalias", "unset", "until", "wait", "while");

    /// <param name="stopSignal">The image's STOPSIGNAL; null: SIGTERM.</param>
    public static string For(string command, string? stopSignal)
    {
        var trimmed = command.Trim();
        if (trimmed.StartsWith("exec ", StringComparison.Ordinal))
            return trimmed;
        var single = !trimmed.AsSpan().ContainsAny(";&|<>(){}`\n") && FirstWord().Match(trimmed) is { Success: true } first && !OfTheShell.Contains(first.Value);
        return single ? "exec " + trimmed : Wait(stopSignal) + trimmed;
    }

    /// <summary>143 is 128 + 15: the shell's own status for a process that SIGTERM ended.</summary>
    private static string Wait(string? stopSignal)
    {
        var signal = stopSignal?.StartsWith("SIG", StringComparison.Ordinal) == true ? stopSignal[3..] : stopSignal;
        return signal is not null && StopSignals.Contains(signal) ? $"trap 'exit 143' TERM {signal}; " : "trap 'exit 143' TERM; ";
    }

    /// <summary>A plain word: no assignment in front, nothing quoted or expanded.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9_./+-]+(?=\s|$)")]
    private static partial Regex FirstWord();
}
