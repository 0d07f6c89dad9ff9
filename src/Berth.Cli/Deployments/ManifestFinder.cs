using Berth.Cli.Settings;
using Berth.Definitions;
using Berth.Definitions.CfManifest;
using Berth.Model;

namespace Berth.Cli.Deployments;

/// <summary>An application that is to be deployed.</summary>
/// <param name="App">Its name.</param>
/// <param name="Folder">Of its source; null: it runs an image, and no source is sent.</param>
internal sealed record ManifestTarget(string App, string? Folder);

/// <summary>What is to be deployed, by a manifest, by an app.toml that was chosen, or by the folder as it is.</summary>
/// <param name="Definition">What is sent to the server beside the source; null: nothing is.</param>
/// <param name="Targets">In the order of the file.</param>
internal sealed record DeploymentPlan(PushedDefinition? Definition, IReadOnlyList<ManifestTarget> Targets);

/// <summary>Reads the manifest that a deployment goes by, before anything is sent: its mistakes are told here, and its variables get their values.</summary>
internal static class ManifestFinder
{
    /// <summary>No file of definitions or variables is larger.</summary>
    private static readonly DefinitionLimits Limits = new();

    /// <param name="context">Its folder is what <paramref name="file"/> and <paramref name="variableFiles"/> are relative to.</param>
    /// <param name="folder">Where a manifest is looked for.</param>
    /// <param name="file">Chosen by <c>-f</c>; null: the folder's own.</param>
    /// <param name="variableFiles">Paths.</param>
    /// <param name="variables"><c>NAME=VALUE</c></param>
    /// <param name="app">The application that was named; null: all.</param>
    /// <returns>Null where there is no manifest.</returns>
    /// <exception cref="CliException">It has errors, or has no application of that name.</exception>
    public static DeploymentPlan? Find(CommandContext context, string folder, string? file, IReadOnlyList<string> variableFiles, IReadOnlyList<string> variables, string? app)
    {
        if (variableFiles.Count > PushedDefinition.MaxVariables || variables.Count > PushedDefinition.MaxVariables)
            throw CliException.Usage(CliMessages.TooManyVariables(PushedDefinition.MaxVariables));
        var path = file is null ? AppFiles.ManifestIn(folder) : Path.GetFullPath(file, context.Folder);
        if (path is null)
        {
            if (variableFiles.Count + variables.Count > 0)
                throw CliException.Usage(CliMessages.VariablesNeedManifest(folder));
            return null;
        }
        var chosen = new ChosenFile(file ?? Path.GetFileName(path), Read(path));
        var definition = new PushedDefinition(chosen, [.. variableFiles.Select(name => (name, Read(Path.GetFullPath(name, context.Folder))))], variables);
        if (path.EndsWith(".toml", StringComparison.OrdinalIgnoreCase))
            return new DeploymentPlan(definition, [new ManifestTarget(app ?? AppFiles.Read(chosen).Name ?? AppFiles.FolderName(folder), folder)]);
        var (values, problems) = ManifestVariables.Read(definition.VariableFiles, definition.Variables, Limits);
        if (file is null && AppFiles.HasAppToml(folder))
            throw Refused(chosen.Name, [.. problems, .. DefinitionReader.Read(new DefinitionSources { ReadFile = name => AppFiles.ReadFile(folder, name), App = app, Variables = values }).Diagnostics]);
        return new DeploymentPlan(definition, Targets(definition, values, problems, Path.GetDirectoryName(path)!, app));
    }

    private static IReadOnlyList<ManifestTarget> Targets(PushedDefinition definition, ManifestVariables values, IReadOnlyList<Diagnostic> problems, string folder, string? app)
    {
        var manifest = ManifestReader.Read(definition.File.Name, definition.File.Bytes, values, Limits, app);
        List<Diagnostic> all = [.. problems, .. manifest.Diagnostics];
        if (all.Exists(d => d.Severity == Severity.Error))
            throw Refused(definition.File.Name, all);
        var chosen = app is null || manifest.Applications.Count == 1 ? manifest.Applications : [.. manifest.Applications.Where(a => a.Name == app)];
        if (chosen.Count == 0)
            throw CliException.Usage(CliMessages.NoSuchApplication(definition.File.Name, app!, manifest.Applications.Select(a => a.Name!)));
        var targets = chosen.Select(a => new ManifestTarget(a.Name!, a.Image is null ? Path.GetFullPath(a.Path ?? ".", folder) : null)).ToList();
        foreach (var target in targets)
        {
            if (target.Folder is { } path && !Directory.Exists(path))
                throw new CliException(ExitCodes.Failed, CliMessages.NoApplicationFolder(target.App, path, File.Exists(path)));
        }
        return targets;
    }

    private static byte[] Read(string path)
    {
        try
        {
            if (!File.Exists(path))
                throw CliException.Usage(CliMessages.NoSuchFile(path));
            return new FileInfo(path).Length <= Limits.MaxFileBytes ? File.ReadAllBytes(path) : throw CliException.Usage(CliMessages.FileTooLarge(path, Limits.MaxFileBytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage(CliMessages.CannotRead(path, e.Message));
        }
    }

    private static CliException Refused(string manifest, IReadOnlyList<Diagnostic> diagnostics) =>
        new(ExitCodes.Failed, CliMessages.BadManifest(manifest)) { Diagnostics = [.. diagnostics.Select(AppFiles.ToInfo)] };
}
