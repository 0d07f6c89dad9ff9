namespace Berth.Builds.Stacks;

/// <summary>A language that Berth recognises and knows how to build without a Dockerfile. To add one: a class, a line in <see cref="StackDetector"/>, a recipe.</summary>
internal interface IStack
{
    string Name { get; }

    /// <summary>Null if the source is none of this stack.</summary>
    StackMatch? Detect(ISourceFiles files);

    StackSteps StepsFor(ISourceFiles files);

    /// <summary>Variables that every app of this stack gets, whatever its base image.</summary>
    IReadOnlyList<(string Key, string Value)> Environment { get; }

    /// <summary>The public image for a version that the stack itself does not have: <c>python:3.12-slim</c>.</summary>
    string PublicImage(string version);
}
