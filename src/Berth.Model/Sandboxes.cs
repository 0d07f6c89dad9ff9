namespace Berth.Model;

/// <summary>The labels by which Berth knows what is its own in an engine. Together with the store they are the whole state.</summary>
public static class Labels
{
    public const string App = "berth.app";
    public const string Release = "berth.release";
    public const string Service = "berth.service";
    public const string Pool = "berth.pool";
    public const string Sandbox = "berth.sandbox";

    /// <summary>The port that the sandbox was told to listen on; absent where it has none.</summary>
    public const string Port = "berth.port";

    /// <summary>What comes before its stop signal, <c>TSTP 30s</c>; absent where nothing does.</summary>
    public const string Quiet = "berth.quiet";

    /// <summary>What a sandbox is for: <c>service</c>, <c>job</c> (a release command, <c>berth run</c>) or <c>cron</c>.</summary>
    public const string Role = "berth.role";

    /// <summary>How many sidecars the sandbox is to have; absent where none.</summary>
    public const string Sidecars = "berth.sidecars";

    /// <summary>Only on what runs a sidecar: its name. All its other labels are the sandbox's.</summary>
    public const string Sidecar = "berth.sidecar";

    /// <summary>Which Berth owns it: several may share an engine. The value is the state folder's own id.</summary>
    public const string Owner = "berth.owner";
}

public enum SandboxRole
{
    /// <summary>One of a pool; replaced when it ends.</summary>
    Service,

    /// <summary>Runs once and ends, and not without the berthd that waits for it.</summary>
    Job,

    /// <summary>Runs once and ends, by the clock. It outlives a berthd.</summary>
    Cron,
}

/// <summary>What to run: asked for, immutable.</summary>
public sealed record SandboxSpec
{
    public required string Id { get; init; }

    public required string App { get; init; }

    public required string ReleaseId { get; init; }

    public required string Service { get; init; }

    public required string PoolId { get; init; }

    public SandboxRole Role { get; init; } = SandboxRole.Service;

    public required string ImageId { get; init; }

    /// <summary>Replaces the image's CMD; null keeps it. Already in exec form: a shell, where one is wanted, is part of it.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>In order, keys unique.</summary>
    public required IReadOnlyList<EnvVar> Env { get; init; }

    public int? Port { get; init; }

    /// <summary>Null: no network but its own loopback.</summary>
    public required AppNetwork? Network { get; init; }

    /// <summary>DNS names inside the network. Empty for a job: nobody should resolve to it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public required long MemoryBytes { get; init; }

    public double? Cpu { get; init; }

    public int PidsLimit { get; init; } = 512;

    public IReadOnlyList<FolderMount> Mounts { get; init; } = [];

    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Null: SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>What comes before it; null: nothing.</summary>
    public QuietStop? Quiet { get; init; }

    /// <summary>What runs beside its own process; for <see cref="SandboxRole.Service"/> only.</summary>
    public IReadOnlyList<SidecarSpec> Sidecars { get; init; } = [];
}

/// <summary>
/// A process beside a sandbox's own: in the same network, with the same mounts and stop timeout, and with limits of its own. They start in no order that counts,
/// end after the sandbox's own process, and the end of one is to end the sandbox.
/// </summary>
public sealed record SidecarSpec
{
    /// <summary>Unique in the sandbox; any text.</summary>
    public required string Name { get; init; }

    public required string ImageId { get; init; }

    /// <summary>As the sandbox's own.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>All that it gets: in order, keys unique.</summary>
    public required IReadOnlyList<EnvVar> Env { get; init; }

    public required long MemoryBytes { get; init; }

    public double? Cpu { get; init; }

    /// <summary>Null: SIGTERM.</summary>
    public string? StopSignal { get; init; }
}

/// <summary>A folder of this machine that is seen inside a sandbox.</summary>
/// <param name="Source">Its path on this machine; one that is not there is an error, and is never made.</param>
/// <param name="Target">Its path inside the sandbox.</param>
public sealed record FolderMount(string Source, string Target, bool ReadOnly);

/// <summary>An app's private network. The subnet is given out by control, so that thousands fit (Docker's own pools end at about 30).</summary>
public sealed record AppNetwork(string App, string Subnet);

public enum SandboxState
{
    /// <summary>Made but not started, or not with all of its sidecars: a kill came between the two.</summary>
    Created,
    Running,

    /// <summary>A standby.</summary>
    Frozen,
    Exited,
}

/// <summary>What was seen of a sandbox in the engine.</summary>
public sealed record SandboxStatus
{
    public required string Id { get; init; }

    public required string App { get; init; }

    public required string ReleaseId { get; init; }

    public required string Service { get; init; }

    public required string PoolId { get; init; }

    public required SandboxRole Role { get; init; }

    public required SandboxState State { get; init; }

    /// <summary>IPv4 address in the app's network; null unless running or frozen.</summary>
    public string? Address { get; init; }

    /// <summary>Bits of the network part, for <c>10.64.0.2/24</c>; 0 where unknown.</summary>
    public int PrefixLength { get; init; }

    public int? Port { get; init; }

    /// <summary>What is to come before its stop; null: nothing.</summary>
    public QuietStop? Quiet { get; init; }

    /// <summary>Its first process as the engine's machine numbers it; null unless running or frozen.</summary>
    public int? Pid { get; init; }

    /// <summary>Null unless exited. 128 + n after signal n.</summary>
    public int? ExitCode { get; init; }

    public bool OutOfMemory { get; init; }

    /// <summary>Why the engine could not start it; null where it could.</summary>
    public string? StartError { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public IReadOnlyList<SidecarStatus> Sidecars { get; init; } = [];

    /// <summary>
    /// The sidecar that ended while the sandbox's own process still ran; null: none did. An exited sandbox then has its exit code. One that still runs is to be stopped.
    /// </summary>
    public string? EndedSidecar { get; init; }
}

/// <summary>What was seen of a sidecar.</summary>
/// <param name="Id">By which its output is read, like a sandbox's.</param>
public sealed record SidecarStatus(string Id, string Name, SandboxState State);
