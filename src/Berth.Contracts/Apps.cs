using System.Text.Json.Serialization;

namespace Berth.Contracts;

/// <summary>What answers <c>GET /v1/version</c>.</summary>
public sealed record VersionInfo
{
    public required string Version { get; init; }

    /// <summary><c>docker 20.10.24</c>; null while the engine is away.</summary>
    public string? Engine { get; init; }
}

/// <param name="Name">Null: Berth chooses one like <c>unisex-huntress</c>.</param>
public sealed record CreateAppRequest(string? Name);

/// <summary>An app in a list of all. Few members of few kinds: to prepare for reading <see cref="AppInfo"/> would take a third of the time of a command that lists.</summary>
public sealed record AppSummary
{
    public required string Name { get; init; }

    /// <summary>Id of the active release; null before the first.</summary>
    public string? Version { get; init; }

    /// <summary><c>v3</c>; null before the first release.</summary>
    public string? Release { get; init; }

    public DateTimeOffset? DeployedAt { get; init; }

    public string? Commit { get; init; }

    /// <inheritdoc cref="AppInfo.Urls"/>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <inheritdoc cref="AppInfo.Status"/>
    public required string Status { get; init; }
}

public sealed record AppInfo
{
    public required string Name { get; init; }

    /// <summary>Id of the active release; null before the first.</summary>
    public string? Version { get; init; }

    /// <summary><c>v3</c>; null before the first release.</summary>
    public string? Release { get; init; }

    public DateTimeOffset? DeployedAt { get; init; }

    public string? Commit { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where the app answers, the best one first: <c>http://demo.localhost:8080</c>. Empty where it has no routable service.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary><c>new</c>, <c>failed</c> (it was never deployed, and the last try failed), <c>running</c>, <c>deploying</c>, <c>degraded</c>, <c>crashed</c>, <c>asleep</c>, <c>stopped</c>.</summary>
    public required string Status { get; init; }

    public required IReadOnlyList<ServiceInfo> Services { get; init; }

    /// <summary>Null: the app is not under maintenance.</summary>
    public MaintenanceInfo? Maintenance { get; init; }

    /// <summary>Its last deployment, if that failed; null: it did not, or there was none.</summary>
    public FailedDeploymentInfo? LastFailure { get; init; }

    /// <summary>How quickly it woke, by how deep it slept; null where several apps are listed, or nothing woke it since the router started.</summary>
    public IReadOnlyList<WakeInfo>? Wakes { get; init; }
}

/// <param name="Deployment">Its id.</param>
/// <param name="Error">Why; null: nobody knows.</param>
public sealed record FailedDeploymentInfo(string Deployment, DateTimeOffset At, string? Error);

/// <param name="RetryAfterSeconds">When visitors are told to come again; null: as after any 503.</param>
public sealed record MaintenanceInfo(DateTimeOffset Since, double? RetryAfterSeconds);

public sealed record MaintenanceRequest([property: JsonRequired] bool On)
{
    /// <summary>Null: as after any 503.</summary>
    public double? RetryAfterSeconds { get; init; }
}

/// <summary>How long requests waited that found the app asleep.</summary>
/// <param name="From"><c>frozen</c> or <c>stopped</c>.</param>
/// <param name="Requests">How many there were.</param>
public sealed record WakeInfo(string From, long Requests, double P50Milliseconds, double P99Milliseconds);

public sealed record ServiceInfo
{
    public required string Name { get; init; }

    /// <summary>As written in the file; null: the image's own.</summary>
    public string? Command { get; init; }

    public required string Image { get; init; }

    public int? Port { get; init; }

    /// <summary>Names of what runs beside it in each sandbox; null where nothing does.</summary>
    public IReadOnlyList<string>? Sidecars { get; init; }

    /// <summary><c>fixed</c> or <c>auto</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Whether a person's <c>berth scale</c> decides it, rather than the files.</summary>
    public required bool ScaledByPerson { get; init; }

    public required int Desired { get; init; }

    public required int Current { get; init; }

    public required int Ready { get; init; }

    public required long MemoryBytes { get; init; }

    public double? Cpu { get; init; }

    /// <summary><c>running</c>, <c>starting</c>, <c>crashed</c>, <c>asleep</c>, <c>stopped</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The last crash that is still of interest; null where there is none.</summary>
    public CrashInfo? LastCrash { get; init; }
}

public sealed record CrashInfo
{
    public required string Sandbox { get; init; }

    public required DateTimeOffset At { get; init; }

    public required int ExitCode { get; init; }

    public required bool OutOfMemory { get; init; }

    /// <summary>Crashes in a row.</summary>
    public required int Count { get; init; }

    /// <summary>When the next try is due; null: now.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    public required IReadOnlyList<string> LastLines { get; init; }
}

/// <summary>One crash that is kept after its container is gone.</summary>
public sealed record CrashSummary
{
    /// <summary>The sandbox that crashed, by which the crash is asked for.</summary>
    public required string Sandbox { get; init; }

    public required string App { get; init; }

    public required string Service { get; init; }

    /// <summary>Id of the release.</summary>
    public required string Version { get; init; }

    /// <summary>Label of the release; null: the release is gone.</summary>
    public string? Release { get; init; }

    public required DateTimeOffset At { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public required int ExitCode { get; init; }

    /// <summary><c>SIGKILL</c>; null: it ended by itself.</summary>
    public string? Signal { get; init; }

    public required bool OutOfMemory { get; init; }

    /// <summary>Which crash in a row; 1 is the first.</summary>
    public required int Count { get; init; }

    /// <summary>In a few words: <c>out of memory</c>, <c>exit code 1</c>, <c>killed by SIGSEGV</c>, <c>could not be started: …</c>; of a sidecar with its name, <c>sidecar proxy: exit code 1</c>.</summary>
    public required string Reason { get; init; }
}

/// <summary>All that is kept of one crash.</summary>
public sealed record CrashDetails
{
    public required CrashSummary Crash { get; init; }

    /// <summary>Label of the last release before that one that was in force; null: there was none, or it is gone.</summary>
    public string? LastGood { get; init; }

    /// <summary>How the crashed release differs from the last good one.</summary>
    public IReadOnlyList<ChangeInfo> Changes { get; init => field = value ?? []; } = [];

    /// <summary>At most 500, oldest first.</summary>
    public required IReadOnlyList<string> LastLines { get; init; }

    /// <summary>How the sandbox's memory went until the end; null where it ended before it was looked at.</summary>
    public MemoryCurveInfo? Memory { get; init; }
}

/// <param name="LimitBytes">Null: there was none.</param>
/// <param name="PeakBytes">The most that was in use when it was last looked at, page cache included; null where the kernel does not say.</param>
/// <param name="Points">At most 60, oldest first; none is older than an hour.</param>
public sealed record MemoryCurveInfo(long? LimitBytes, long? PeakBytes, IReadOnlyList<MemoryPointInfo> Points);

/// <param name="Bytes">Without the page cache that the kernel would give back first.</param>
public sealed record MemoryPointInfo(DateTimeOffset At, long Bytes);

public sealed record PoolInfo
{
    public required string Id { get; init; }

    /// <summary>Id of the release that made the pool.</summary>
    public required string Version { get; init; }

    public required string App { get; init; }

    public required string Service { get; init; }

    public required int Desired { get; init; }

    public required int Current { get; init; }

    public required int Ready { get; init; }
}

public sealed record SandboxInfo
{
    public required string Id { get; init; }

    public required string App { get; init; }

    public required string Service { get; init; }

    public required string Pool { get; init; }

    public required string Version { get; init; }

    /// <summary><c>10.64.0.2/24</c>; null unless running.</summary>
    public string? Address { get; init; }

    /// <summary><c>starting</c>, <c>running</c>, <c>draining</c>, <c>standby</c>, <c>exited (1)</c>, <c>sidecar proxy exited (1)</c>, <c>out of memory</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Names of what runs beside its own process; null where nothing does.</summary>
    public IReadOnlyList<string>? Sidecars { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>HTTP requests in flight.</summary>
    public required int InFlight { get; init; }
}

/// <summary>Counts by service. A value is <c>3</c>, <c>auto</c>, <c>auto:1-20</c>, <c>default</c> (what the files say) or <c>same</c> (only the size changes).</summary>
public sealed record ScaleRequest
{
    /// <summary>Leaves the count as it is.</summary>
    public const string Same = "same";

    public required IReadOnlyDictionary<string, string> Services { get; init; }

    /// <summary>With exactly one service: its memory limit, <c>256M</c>; null leaves it.</summary>
    public string? Memory { get; init; }

    /// <summary>With exactly one service: CPU cores; null leaves it.</summary>
    public double? Cpu { get; init; }
}

/// <param name="Service">Null: all services.</param>
public sealed record RestartRequest(string? Service);

/// <param name="Release"><c>v3</c> or a release id; null: the one before the active.</param>
/// <param name="Watch">As in <see cref="DeployQuery"/>.</param>
public sealed record RollbackRequest(string? Release, string? Watch = null);

public sealed record ReleaseInfo
{
    public required string Id { get; init; }

    /// <summary><c>v3</c>.</summary>
    public required string Release { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string? Commit { get; init; }

    public required string Description { get; init; }

    public required bool Active { get; init; }

    public required string Image { get; init; }

    public required IReadOnlyList<string> Services { get; init; }
}

/// <param name="Source"><c>manual</c> (a person set it) or <c>config</c> (it stands in a file).</param>
/// <param name="Value">Null: not for whoever asked.</param>
public sealed record EnvInfo(string Key, string? Value, string Source)
{
    /// <summary>A file declares it sensitive: listings for people show it only when asked.</summary>
    public bool Sensitive { get; init; }

    /// <summary>It was set as a secret: its value is shown to nobody.</summary>
    public bool Secret { get; init; }
}

public sealed record EnvChangeRequest
{
    // Left out on the wire, an init-only member is set to null by the source-generated reader, not left at its default.
    public IReadOnlyDictionary<string, string> Set { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    public IReadOnlyList<string> Unset { get; init => field = value ?? []; } = [];

    /// <summary>What is set is never to be shown again; null: as before.</summary>
    public bool? Secret { get; init; }
}

public sealed record TokenRequest([property: JsonRequired] string Name)
{
    /// <summary><c>admin</c>, <c>deployer</c> or <c>viewer</c>; null: admin.</summary>
    public string? Role { get; init; }

    /// <summary>The apps it is for; null: a viewer's is for all.</summary>
    public IReadOnlyList<string>? Apps { get; init; }
}

/// <param name="Secret">Shown this once; only its hash is kept.</param>
public sealed record TokenCreated(string Id, string Name, string Secret);

public sealed record TokenInfo(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt)
{
    /// <summary><c>admin</c>, <c>deployer</c> or <c>viewer</c>.</summary>
    public string Role { get; init => field = value ?? "admin"; } = "admin";

    /// <summary>The apps it is for; null: all.</summary>
    public IReadOnlyList<string>? Apps { get; init; }
}
