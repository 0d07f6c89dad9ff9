namespace Berth.Builds.Stacks;

/// <summary>How an app is put on its stack's base image. The first two members make a layer that is made anew only when the named files change.</summary>
public sealed record StackSteps
{
    /// <summary>Files that say what is to be installed; empty: the whole source is needed for that.</summary>
    public IReadOnlyList<string> DependencyFiles { get; init; } = [];

    /// <summary>Shell commands run in <c>/app</c> as root once the dependency files are there.</summary>
    public IReadOnlyList<string> Install { get; init; } = [];

    /// <summary>Shell commands run in <c>/app</c> as root once the whole source is there.</summary>
    public IReadOnlyList<string> Finish { get; init; } = [];

    /// <summary>Folders of the source that are not taken over because the install makes them.</summary>
    public IReadOnlyList<string> Replaced { get; init; } = [];

    /// <summary>Folders that the install made and the app needs to run: <c>/opt/venv</c>.</summary>
    public IReadOnlyList<string> Carried { get; init; } = [];

    /// <summary>The folder that <see cref="Finish"/> leaves and that becomes the app's <c>/app</c>.</summary>
    public string Result { get; init; } = "/app";

    /// <summary>Berth's own programs that the app's command may name, for <c>/usr/local/bin</c>.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];
}
