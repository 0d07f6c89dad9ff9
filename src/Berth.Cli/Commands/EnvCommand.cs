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

    public static Option<bool> File() => new("--file") { Description = "Change the folder's app.toml instead, and nothing else in it; nothing is deployed" };

    public static bool IsForFile(ParseResult parse, Option<bool> file, Option<string?> app, Option<string?> format)
    {
        if (parse.GetValue(file) && (parse.GetValue(app) ?? parse.GetValue(format)) is not null)
            throw CliException.Usage(CliMessages.FileTakesNoApp);
        return parse.GetValue(file);
    }

    /// <summary>A variable's name, or the command ends.</summary>
    public static string CheckedKey(string key)
    {
        var good = key.Length > 0 && !char.IsAsciiDigit(key[0]) && key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        return good ? key : throw CliException.Usage(CliMessages.BadKey(key));
    }
}
