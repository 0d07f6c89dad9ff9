namespace Berth.Engines.Docker;

/// <summary>How Berth uses an engine. Engine and images of one Berth are made from the same options.</summary>
public sealed record DockerEngineOptions
{
    /// <summary>Path of the engine's unix socket, as <see cref="DockerHost"/> found it.</summary>
    public required string Socket { get; init; }

    /// <summary>Value of the label <c>berth.owner</c>: containers, networks and images without it are neither listed nor touched.</summary>
    public required string Owner { get; init; }

    /// <summary>Calls that only look something up, or change little. Longer is <see cref="Model.EngineError.Unreachable"/>. Default 30 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Calls in which the engine has work to do: create, start, remove, networks. A stop gets its own stop timeout on top. Default 2 minutes: many
    /// sandboxes may start at once on a small machine.
    /// </summary>
    public TimeSpan WorkTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Until all processes of a sandbox stand still once they were told to. Longer: the engine is asked to do it. Default 5 s.</summary>
    public TimeSpan FreezeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the kernel takes back what it can of a frozen sandbox's memory (see <see cref="Cgroups.CgroupMemory"/>). Default false: its first request is answered sooner.</summary>
    public bool ReclaimFrozen { get; init; }

    /// <summary>The engine keeps this much of a sandbox's output in one file; older output is dropped with the oldest file. Default 10 MB.</summary>
    public string LogFileSize { get; init; } = "10m";

    /// <summary>Files of <see cref="LogFileSize"/> that the engine keeps for a sandbox: how far a reader may be behind. Default 5.</summary>
    public int LogFiles { get; init; } = 5;

    /// <summary>Containers looked up side by side while listing. Default 8.</summary>
    public int ParallelLookups { get; init; } = 8;

    /// <summary>Network that a build's <c>RUN</c> steps see: <c>default</c> (the engine's bridge), <c>none</c>, <c>host</c> or a network's name. Default <c>default</c>.</summary>
    public string BuildNetwork { get; init; } = "default";

    /// <summary>Networks that apps must not get although the engine would give them, asked for before each new one. Default: none; <c>berthd</c> passes <see cref="HostNetworks.Read"/>.</summary>
    public Func<IReadOnlyList<System.Net.IPNetwork>> TakenNetworks { get; init; } = () => [];

    /// <summary>Name of an app's network. With the owner in it: several Berths on one engine may each have an app of the same name.</summary>
    internal string NetworkName(string app) => $"berth-{Owner}-{app}";
}
