namespace Berth.Builds.Stacks;

/// <summary>A language that Berth recognises and knows how to build without a Dockerfile. To add one: a class, a line in <see cref="StackDetector"/>, a recipe.</summary>
internal interface IStack
{
    string Name { get; }

    /// <summary>What <c>stack/…</c> has: a <c>build.version</c> that asks for no more needs no registry. <c>3.11</c>.</summary>
    string Version { get; }

    /// <summary>A version that the source itself asks for; null: none, or none that can be compared.</summary>
    VersionRequest? Asked(ISourceFiles files);

    /// <summary>Null if the source is none of this stack.</summary>
    StackMatch? Detect(ISourceFiles files);

    StackSteps StepsFor(ISourceFiles files);

    /// <summary>Variables that every app of this stack gets, whatever its base image.</summary>
    IReadOnlyList<(string Key, string Value)> Environment { get; }

    /// <summary>Berth's own images.</summary>
    StackBases Bases { get; }

    /// <summary>The public images for a version that the stack itself does not have.</summary>
    StackBases PublicBases(string version, ISourceFiles files);
}
