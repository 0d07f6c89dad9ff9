namespace Berth.Builds.Stacks;

/// <summary>What a stack found in a source.</summary>
public sealed record StackMatch
{
    /// <summary><c>python</c>, <c>node</c> …</summary>
    public required string Stack { get; init; }

    /// <summary>Why: <c>requirements.txt</c>.</summary>
    public required string Because { get; init; }

    /// <summary>By a package file, which outweighs a stack that only recognised some source code.</summary>
    public required bool ByPackageFile { get; init; }

    /// <summary>How <c>web</c> is started where nothing else says; null: cannot be told.</summary>
    public string? WebCommand { get; init; }

    /// <summary>Why this command: <c>"start" in package.json</c>; null without one.</summary>
    public string? WebBecause { get; init; }
}
