using Berth.Contracts;

namespace Berth.Cli;

/// <summary>Ends a command with a message for people and an exit code.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;

    /// <summary>Problems in the app's files, shown before the message.</summary>
    public IReadOnlyList<DiagnosticInfo> Diagnostics { get; init; } = [];

    /// <summary>The command line itself is wrong; nothing was asked of the server.</summary>
    public static CliException Usage(string message) => new(ExitCodes.Usage, message);
}
