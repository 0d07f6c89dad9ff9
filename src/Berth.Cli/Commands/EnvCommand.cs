using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth env …</c>, also <c>berth config …</c></summary>
internal static class EnvCommand
{
    public static Command Build(CommandContext context) => new("env", "An app's config: environment variables of all its services")
    {
        EnvListCommand.Build(context),
        EnvSetCommand.Build(context),
        EnvUnsetCommand.Build(context),
    };

    /// <summary>A variable's name, or the command ends.</summary>
    public static string CheckedKey(string key)
    {
        var good = key.Length > 0 && !char.IsAsciiDigit(key[0]) && key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        return good ? key : throw CliException.Usage(CliMessages.BadKey(key));
    }
}
