using Berth.Contracts;
using Berth.Definitions;
using Berth.Definitions.CfManifest;
using Berth.Model;

namespace Berth.Cli.Settings;

/// <summary>What a folder's <c>app.toml</c> or manifest says to the command line itself: the app's name and what belongs to the source. The server reads the rest.</summary>
internal static class AppFiles
{
    /// <summary>Empty where there is no app.toml.</summary>
    /// <exception cref="CliException">The file is wrong: to go on with the folder's name would mean another app.</exception>
    public static AppDefinition Read(string folder) => Valid(
        DefinitionReader.Read(new DefinitionSources { ReadFile = path => path is DefinitionReader.BerthAppToml or DefinitionReader.MirenAppToml ? ReadFile(folder, path) : null }), folder);

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

    /// <summary>The folder's manifest; null: it has none.</summary>
    public static string? ManifestIn(string folder) =>
        new[] { DefinitionReader.ManifestYml, DefinitionReader.ManifestYaml }.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    public static bool HasAppToml(string folder) => File.Exists(Path.Combine(folder, DefinitionReader.BerthAppToml)) || File.Exists(Path.Combine(folder, DefinitionReader.MirenAppToml));

    /// <summary>The name in the folder's files, else one made of the folder's own.</summary>
    /// <exception cref="CliException">A file is wrong, or names several apps.</exception>
    public static string NameOf(string folder) =>
        Read(folder).Name ?? NameInManifest(folder) ?? FolderName(folder);

    public static string FolderName(string folder) => Names.ToAppName(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)));

    /// <summary>What an app.toml says that was chosen in place of the folder's own.</summary>
    /// <exception cref="CliException">It is wrong.</exception>
    public static AppDefinition Read(ChosenFile file) => Valid(DefinitionReader.Read(new DefinitionSources { ReadFile = _ => null, Chosen = file }), file.Name);

    /// <summary>What the definition file says of the build, as far as it matters for what is sent: a manifest says nothing.</summary>
    /// <param name="chosen">The file that counts; null: the folder's own app.toml.</param>
    public static BuildDefinition BuildOf(string folder, ChosenFile? chosen) => chosen switch
    {
        null => Read(folder).Build,
        { IsAppToml: true } => Read(chosen).Build,
        _ => new BuildDefinition(),
    };

    /// <summary>A file inside the folder; null: there is none.</summary>
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

    private static AppDefinition Valid(DefinitionResult result, string source) => result.Definition
        ?? throw new CliException(ExitCodes.Failed, CliMessages.BadAppFiles(source)) { Diagnostics = [.. result.Diagnostics.Select(ToInfo)] };

    /// <summary>Mistakes elsewhere in it do not count, nor do its variables: only its name is asked for.</summary>
    private static string? NameInManifest(string folder)
    {
        if (HasAppToml(folder) || ManifestIn(folder) is not { } path)
            return null;
        var manifest = ManifestReader.Read(Path.GetFileName(path), ReadFile(folder, path)!, ManifestVariables.None, new DefinitionLimits());
        if (manifest.Applications.Count > 1)
            throw CliException.Usage(CliMessages.WhichApplication(manifest.Name, manifest.Applications.Select(a => a.Name ?? "?")));
        return manifest.Applications is [{ Name: { } name }]
            ? name
            : throw new CliException(ExitCodes.Failed, CliMessages.NoNameInManifest(manifest.Name)) { Diagnostics = [.. manifest.Diagnostics.Select(ToInfo)] };
    }
}
