namespace Berth.Builds.Stacks;

/// <summary>The images that an app of a stack is made of.</summary>
/// <param name="Build">Has compilers and installers: <c>stack/python-build</c>, <c>python:3.12</c>.</param>
/// <param name="Run">Has what the app needs to run, and becomes its image: <c>stack/python</c>, <c>python:3.12-slim</c>. The same as <paramref name="Build"/>: one image does both.</param>
public sealed record StackBases(string Build, string Run)
{
    public StackBases(string both)
        : this(both, both)
    {
    }
}
