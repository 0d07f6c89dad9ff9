using Berth.Builds.Stacks;
using Berth.Model;

namespace Berth.Builds;

/// <summary>What a build would do, for <c>berth deploy --analyze</c> and for the build itself.</summary>
public sealed record BuildPlan
{
    /// <summary>Path of the Dockerfile inside the source; null: a stack.</summary>
    public string? Dockerfile { get; init; }

    /// <summary><c>python</c>; null: a Dockerfile.</summary>
    public string? Stack { get; init; }

    /// <summary>The base image of a stack's app: <c>stack/python</c>, or what was asked for.</summary>
    public string? BaseImage => Bases?.Run;

    /// <summary>Null: a Dockerfile.</summary>
    public StackBases? Bases { get; init; }

    /// <summary>How <c>web</c> is started where no file defines a service; null: cannot be told, or a Dockerfile.</summary>
    public string? DefaultWebCommand { get; init; }

    /// <summary>What was found and what follows from it, a line each, for people.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>Why nothing can be built; null otherwise.</summary>
    public Diagnostic? Error { get; init; }
}
