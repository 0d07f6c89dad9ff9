using Berth.Builds;
using Berth.Cli.Deployments;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Definitions;
using Berth.Model;

namespace Berth.Cli.Dev;

/// <summary>What is in the folder that <c>berth dev</c> is about.</summary>
/// <param name="Chosen">The services that were named; empty: all.</param>
internal sealed record DevApp(string Folder, string Name, AppDefinition Definition, IReadOnlyList<string> Chosen)
{
    private const string DefaultVariables = ".env";

    /// <param name="words">A folder, services, or both.</param>
    /// <param name="procfile">Chosen by hand; null: the folder's own.</param>
    /// <exception cref="CliException">The files have errors, or define nothing.</exception>
    public static DevApp Read(CommandContext context, string[] words, string? procfile)
    {
        var file = procfile is null ? null : Path.GetFullPath(procfile, context.Folder);
        var here = file is null ? context.Folder : Path.GetDirectoryName(file)!;
        var (folder, chosen) = Split(context, words, here, file);
        if (!Directory.Exists(folder))
            throw CliException.Usage(CliMessages.NoSuchFolder(folder));
        var result = ReadDefinition(folder, file);
        if (result.Definition is not { } definition)
            throw new CliException(ExitCodes.Failed, DevMessages.BadDefinition(folder)) { Diagnostics = [.. result.Diagnostics.Select(AppFiles.ToInfo)] };
        Warn(context, result.Diagnostics);
        if (definition.Services.Count == 0)
            throw new CliException(ExitCodes.Failed, DevMessages.NoService(folder));
        return new DevApp(folder, AppChoice.Of(context, named: null, positional: null, folder), definition, chosen);
    }

    /// <param name="files">With commas between; null: <c>.env</c> in the folder, where there is one.</param>
    /// <exception cref="CliException">One is missing or cannot be read.</exception>
    public static IReadOnlyList<EnvVar> ReadVariables(CommandContext context, string folder, string? files)
    {
        List<EnvVar> variables = [];
        var paths = files?.Split(',', StringSplitOptions.TrimEntries).Select(f => (Name: f, Path: Path.GetFullPath(f, context.Folder)))
            ?? [(DefaultVariables, Path.Combine(folder, DefaultVariables))];
        foreach (var (name, path) in paths)
        {
            if (!File.Exists(path) && files is null)
                continue;
            var (found, warnings) = DotEnv.Parse(name, ReadVariables(path));
            variables.AddRange(found);
            Warn(context, warnings);
        }
        return variables;
    }

    /// <summary>The first word is the folder if it is written as a path, or if it is no service here but a folder.</summary>
    private static (string Folder, IReadOnlyList<string> Chosen) Split(CommandContext context, string[] words, string here, string? procfile)
    {
        if (words is not [var first, .. var rest])
            return (here, []);
        var named = Path.GetFullPath(first, context.Folder);
        var isPath = first.Contains('/', StringComparison.Ordinal) || first is "." or "..";
        return isPath || (Directory.Exists(named) && ReadDefinition(here, procfile).Definition?.Services.Any(s => s.Name == first) != true)
            ? (named, rest)
            : (here, words);
    }

    private static SourceAnalysis ReadDefinition(string folder, string? procfile) => SourceAnalysis.Of(folder, new DefinitionSources
    {
        ReadFile = path => AppFiles.ReadFile(folder, path),
        Procfile = procfile is null ? null : SourceUpload.ReadProcfile(procfile),
        ProcfileName = procfile is null ? null : Path.GetFileName(procfile),
    });

    private static byte[] ReadVariables(string path)
    {
        try
        {
            if (!File.Exists(path))
                throw CliException.Usage(DevMessages.NoSuchEnvFile(path));
            return new FileInfo(path).Length <= DotEnv.MaxBytes ? File.ReadAllBytes(path) : throw CliException.Usage(DevMessages.EnvFileTooLarge(path, DotEnv.MaxBytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage(CliMessages.CannotRead(path, e.Message));
        }
    }

    private static void Warn(CommandContext context, IEnumerable<Diagnostic> warnings)
    {
        foreach (var warning in warnings)
            DiagnosticText.Write(context.Error, context.ErrorStyle, AppFiles.ToInfo(warning));
    }
}
