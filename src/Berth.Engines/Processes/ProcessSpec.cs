using Berth.Model;

namespace Berth.Engines.Processes;

/// <summary>A command to be run as a local process.</summary>
public sealed record ProcessSpec
{
    /// <summary>For <c>/bin/sh -c</c>.</summary>
    public required string Command { get; init; }

    /// <summary>Where it is run.</summary>
    public required string Directory { get; init; }

    /// <summary>Set over this process's own environment.</summary>
    public IReadOnlyList<EnvVar> Env { get; init; } = [];
}
