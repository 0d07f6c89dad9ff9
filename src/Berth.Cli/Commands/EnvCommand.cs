using System.CommandLine;
using System.Text.Unicode;

namespace Berth.Cli.Commands;

/// <summary><c>berth env …</c>, also <c>berth config …</c></summary>
internal static class EnvCommand
{
    public static Command Build(CommandContext context) => new("env", "An app's config: environment variables of all its services")
    {
        EnvListCommand.Build(context),
        EnvSetCommand.Build(context),
        EnvUnsetCommand.Build(context),
        EnvPullCommand.Build(context),
        EnvPushCommand.Build(context),
    };

    /// <summary>The file that is pulled to and pushed from where none is named.</summary>
    public const string DefaultFile = ".env";

    public static Option<bool> File() => new("--file") { Description = "Change the folder's app.toml instead, and nothing else in it; nothing is deployed" };

    public static bool IsForFile(ParseResult parse, Option<bool> file, Option<string?> app, Option<string?> format)
    {
        if (parse.GetValue(file) && (parse.GetValue(app) ?? parse.GetValue(format)) is not null)
            throw CliException.Usage(CliMessages.FileTakesNoApp);
        return parse.GetValue(file);
    }

    /// <summary>The bytes of a file of UTF-8 text, or the command ends: anything else would arrive as something else.</summary>
    public static byte[] ReadText(string path, int maxBytes)
    {
        try
        {
            if (!System.IO.File.Exists(path))
                throw CliException.Usage(CliMessages.NoSuchFile(path));
            var bytes = new FileInfo(path).Length <= maxBytes ? System.IO.File.ReadAllBytes(path) : throw CliException.Usage(CliMessages.FileTooLarge(path, maxBytes));
            return Utf8.IsValid(bytes) ? bytes : throw CliException.Usage(CliMessages.NotUtf8(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage(CliMessages.CannotRead(path, e.Message));
        }
    }

    /// <summary>A variable's name, or the command ends.</summary>
    public static string CheckedKey(string key)
    {
        var good = key.Length > 0 && !char.IsAsciiDigit(key[0]) && key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        return good ? key : throw CliException.Usage(CliMessages.BadKey(key));
    }
}
