using Berth.Definitions;
using Berth.Model;

namespace Berth.Builds;

/// <summary>
/// What a source says of its app and how it would be built, found out without building anything: the deployment's phase <c>analyze</c>, and
/// <c>berth deploy --analyze</c>.
/// </summary>
/// <param name="Definition">Null exactly if there is an error among the diagnostics.</param>
/// <param name="Folder">The app's own folder in the source.</param>
/// <param name="Plan">Its <see cref="BuildPlan.Error"/> only counts for an app whose image has to be built.</param>
public sealed record SourceAnalysis(AppDefinition? Definition, string Folder, BuildPlan Plan, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>
    /// The files are read twice where a stack is detected: what app.toml says under [build] decides the stack, and the stack's default
    /// command can be a service.
    /// </summary>
    /// <param name="root">Folder that the source lies in.</param>
    public static SourceAnalysis Of(string root, DefinitionSources sources)
    {
        var first = DefinitionReader.Read(sources);
        var folder = Path.Combine(root, first.Definition?.Path ?? "");
        if (first.Definition is not null && !Directory.Exists(folder))
            return new(null, folder, new BuildPlan(), [BuildMessages.NoSuchPath(first.Definition.Path!)]);
        var plan = ImageBuilder.Plan(folder, first.Definition?.Build ?? new());
        if (first.Definition is null || plan is not { Stack: { } stack, DefaultWebCommand: { } command })
            return new(first.Definition, folder, plan, first.Diagnostics);
        var second = DefinitionReader.Read(sources with { Stack = new StackDefault(stack, command) });
        return new(second.Definition, folder, plan, second.Diagnostics);
    }

    /// <summary>Does every service name an image of its own, or the app one for all?</summary>
    public bool NeedsBuild => Definition is { Image: null } definition && (definition.Services.Count == 0 || definition.Services.Any(s => s.Image is null));
}
