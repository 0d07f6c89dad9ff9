namespace Berth.Model;

/// <summary>One service of a release: its definition, and all that was only known after the build.</summary>
public sealed record ReleaseService
{
    public required ServiceDefinition Definition { get; init; }

    /// <summary>The image's id in the engine (<c>sha256:…</c>), so that a tag that moves later changes nothing.</summary>
    public required string ImageId { get; init; }

    /// <summary>How people know the image: <c>postgres:16</c>, or the app's own build.</summary>
    public required string ImageName { get; init; }

    /// <summary>Whether the image has an ENTRYPOINT: decides how the command is run (SPEC section 4).</summary>
    public required bool ImageHasEntrypoint { get; init; }

    /// <summary>The image's STOPSIGNAL; null: SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>The port the service listens on and finds in <c>$PORT</c>; null: it has none.</summary>
    public int? Port { get; init; }

    /// <summary>Those of the definition's sidecars, in its order.</summary>
    public IReadOnlyList<SidecarImage> SidecarImages { get; init; } = [];

    /// <summary>
    /// The pool that runs it. A new release takes over the pool of the one before where nothing that a sandbox sees
    /// has changed and the service has an image of its own (docs/adr/0003): a database is not restarted by a push.
    /// </summary>
    public required string PoolId { get; init; }
}

/// <summary>The image of a sidecar: its own, or its service's.</summary>
/// <param name="Id">As <see cref="ReleaseService.ImageId"/>.</param>
/// <param name="StopSignal">Null: SIGTERM.</param>
public sealed record SidecarImage(string Id, string Name, bool HasEntrypoint, string? StopSignal);

/// <summary>Immutable: what runs when this release is the active one.</summary>
public sealed record Release
{
    public required string Id { get; init; }

    public required string App { get; init; }

    /// <summary>1, 2, 3 … within the app; shown as <c>v3</c>.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Variables that stand in the app's files.</summary>
    public required IReadOnlyList<EnvVar> FileEnv { get; init; }

    /// <summary>Variables that a person set (<c>berth env set</c>), unique by key. They win over the files'.</summary>
    public required IReadOnlyList<EnvVar> Config { get; init; }

    /// <summary>Keys of variables whose values listings for people leave out.</summary>
    public IReadOnlyList<string> SensitiveEnv { get; init; } = [];

    public required IReadOnlyList<ReleaseService> Services { get; init; }

    /// <summary>Runs once before the switch; null: none.</summary>
    public string? ReleaseCommand { get; init; }

    public IReadOnlyList<CronDefinition> Crons { get; init; } = [];

    /// <summary>Short git commit of the source; null where it is in no repository.</summary>
    public string? Commit { get; init; }

    /// <summary>What made it: <c>deploy</c>, <c>set GREETING</c>, <c>rollback to v1</c>. Names only, never values.</summary>
    public required string Description { get; init; }

    public string Label => $"v{Number}";

    /// <summary>What sandboxes get of it: the files' variables with the person's on top, unique by key.</summary>
    public IReadOnlyList<EnvVar> Env => EnvVars.Merge(FileEnv, Config);

    /// <summary>What a command of the app's own runs like: the first service of the app's own image, for one with another's has not the app's code; else the first.</summary>
    public ReleaseService OwnService => Services.FirstOrDefault(s => s.Definition.Image is null) ?? Services[0];

    public ReleaseService? FindService(string name) => Services.FirstOrDefault(s => s.Definition.Name == name);
}

public enum DeploymentOutcome
{
    /// <summary>Under way or waiting in line.</summary>
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// <summary>The steps of a deployment in order (SPEC section 5).</summary>
public enum DeploymentPhase
{
    Queued,
    Receive,
    Analyze,
    Build,
    ReleaseCommand,
    Start,
    Ready,

    /// <summary>The new release gets the requests, and has to prove that it answers; the one before can still take them back.</summary>
    Switch,

    /// <summary>It answers, and its errors are watched for a time: only where that was asked for.</summary>
    Watch,

    /// <summary>It is the active one; what ran before finishes its requests.</summary>
    Drain,
    Done,
}

/// <summary>Moving an app to a release, as it stands now.</summary>
public sealed record Deployment
{
    public required string Id { get; init; }

    public required string App { get; init; }

    /// <summary>Null until the build is done and the release is written.</summary>
    public string? ReleaseId { get; init; }

    public required DeploymentPhase Phase { get; init; }

    public required DeploymentOutcome Outcome { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    public string? Error { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How long the release's errors are watched after the switch; zero: not.</summary>
    public TimeSpan Watch { get; init; }

    public required string Description { get; init; }
}
