using Berth.Contracts;
using Berth.Definitions;
using Berth.Model;

namespace Berth.Cli.Settings;

/// <summary>What the files in a folder say to the command line itself. For a deployment that is the app's name and what belongs to the source; the server reads the rest.</summary>
internal static class AppFiles
{
    /// <summary>Empty where there is no app.toml.</summary>
    /// <exception cref="CliException">The file is wrong: to go on with the folder's name would mean another app.</exception>
    public static AppDefinition Read(string folder)
    {
        var result = DefinitionReader.Read(new DefinitionSources { ReadFile = path => IsAppToml(path) ? ReadFile(folder, path) : null });
        return result.Definition
            ?? throw new CliException(ExitCodes.Failed, CliMessages.BadAppFiles(folder)) { Diagnostics = [.. result.Diagnostics.Select(ToInfo)] };
    }

    public static DiagnosticInfo ToInfo(Diagnostic diagnostic) => new()
    {
        Code = diagnostic.Code,
        Severity = diagnostic.Severity == Severity.Warning ? "warning" : "error",
        Message = diagnostic.Message,
        Hint = diagnostic.Hint,
        File = diagnostic.File,
        Line = diagnostic.Line,
        Column = diagnostic.Column,
        SourceLine = diagnostic.SourceLine,
    };

    /// <summary>A file of the folder; null where there is none.</summary>
    /// <exception cref="CliException">It is there, but cannot be read.</exception>
    public static byte[]? ReadFile(string folder, string path)
    {
        var file = Path.Combine(folder, path);
        try
        {
            return File.Exists(file) ? File.ReadAllBytes(file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, CliMessages.CannotRead(file, e.Message));
        }
    }

    private static bool IsAppToml(string path) => path is DefinitionReader.BerthAppToml or DefinitionReader.MirenAppToml;
}
