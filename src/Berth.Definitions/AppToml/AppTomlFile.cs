using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>What an app.toml says. Null is what it does not say: defaults come later, when all files are known.</summary>
internal sealed record AppTomlFile
{
    public string? Name { get; init; }

    public IReadOnlyList<EnvVar> Env { get; init; } = [];

    /// <summary>Of the app and of its services.</summary>
    public IReadOnlyList<RequiredVariable> RequiredEnv { get; init; } = [];

    public IReadOnlyList<string> SensitiveEnv { get; init; } = [];

    /// <summary>False: the app is to have no <c>web</c> that its files do not define. True has made one of the services.</summary>
    public bool? Web { get; init; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<AppTomlService> Services { get; init; } = [];

    public string? Release { get; init; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<CronDefinition> Crons { get; init; } = [];

    public BuildDefinition Build { get; init; } = new();
}

/// <summary>A table <c>[services.NAME]</c>.</summary>
internal sealed record AppTomlService
{
    public required string Name { get; init; }

    /// <summary>Where the service is first named: <c>.miren/app.toml:5</c>.</summary>
    public required string Source { get; init; }

    public string? Command { get; init; }

    public IReadOnlyList<string>? Args { get; init; }

    public string? Image { get; init; }

    public int? Port { get; init; }

    public IReadOnlyList<EnvVar> Env { get; init; } = [];

    public IReadOnlyList<RequiredVariable> RequiredEnv { get; init; } = [];

    public IReadOnlyList<string> SensitiveEnv { get; init; } = [];

    public AppTomlScaling? Scaling { get; init; }

    public long? MemoryBytes { get; init; }

    public double? Cpu { get; init; }

    public TimeSpan? StopTimeout { get; init; }

    public QuietStop? Quiet { get; init; }

    public bool? Overlap { get; init; }

    public HealthCheck? Health { get; init; }

    public IReadOnlyList<DiskDefinition> Disks { get; init; } = [];

    public IReadOnlyList<SidecarDefinition> Sidecars { get; init; } = [];
}

/// <param name="Defaults">The values in it that the file does not say, in words.</param>
internal sealed record AppTomlScaling(Scaling Scaling, IReadOnlyList<string> Defaults);
