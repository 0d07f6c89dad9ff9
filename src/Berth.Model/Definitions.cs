namespace Berth.Model;

/// <summary>How a service's number of sandboxes is decided (SPEC section 8).</summary>
public enum ScalingMode
{
    /// <summary>Exactly <see cref="Scaling.Instances"/>.</summary>
    Fixed,

    /// <summary>By requests in flight, between <see cref="Scaling.MinInstances"/> and <see cref="Scaling.MaxInstances"/>.</summary>
    Auto,

    /// <summary>By a number of jobs that <see cref="Scaling.Queue"/> tells, between the same bounds.</summary>
    Queue,
}

public enum QueueSourceKind
{
    /// <summary>A command in a sandbox with the service's image, which prints the number.</summary>
    Command,

    /// <summary>A page of a service of the app, with the number as its text or somewhere in its JSON.</summary>
    Http,

    /// <summary>The length of a list in a Redis of the app.</summary>
    RedisList,

    /// <summary>What a query gives, run by psql in a sandbox.</summary>
    Sql,
}

/// <summary>Where the number of jobs comes from.</summary>
public sealed record QueueSource
{
    public required QueueSourceKind Kind { get; init; }

    /// <summary>The command, the URL, or the query.</summary>
    public required string Text { get; init; }

    /// <summary>The database of a query. As every URL here it may begin with <c>$NAME</c>, a variable of the service.</summary>
    public string? Url { get; init; }

    /// <summary>Members that lead to the number in a page's JSON, <c>queue.depth</c>; null: the page is the number.</summary>
    public string? JsonPath { get; init; }

    /// <summary>How often it is asked; default 15 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>A sandbox is told to take no new work before it is told to stop.</summary>
/// <param name="Signal">Without its SIG: <c>TSTP</c>.</param>
/// <param name="For">How long it may finish what it has begun before the stop signal follows.</param>
public sealed record QuietStop(string Signal, TimeSpan For)
{
    /// <summary>Those that a process can react to and that are not meant for its end.</summary>
    public static readonly IReadOnlyList<string> Signals = ["TSTP", "USR1", "USR2", "HUP", "INT", "QUIT", "WINCH", "TTIN"];
}

/// <summary>
/// A service's scaling as it was defined. Of the two modes only the matching members count: <see cref="Instances"/>
/// with <see cref="ScalingMode.Fixed"/>, the others with <see cref="ScalingMode.Auto"/>.
/// </summary>
public sealed record Scaling
{
    public required ScalingMode Mode { get; init; }

    /// <summary>Sandboxes in fixed mode; default 1.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>Requests in flight that one sandbox should carry; default 10.</summary>
    public int RequestsPerInstance { get; init; } = 10;

    /// <summary>Jobs that one sandbox should carry, by <see cref="Queue"/>; default 10.</summary>
    public int JobsPerInstance { get; init; } = 10;

    /// <summary>Only with <see cref="ScalingMode.Queue"/>.</summary>
    public QueueSource? Queue { get; init; }

    /// <summary>How long demand must have been lower before a sandbox goes; default 15 minutes.</summary>
    public TimeSpan ScaleDownDelay { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Default 0: the service may sleep.</summary>
    public int MinInstances { get; init; }

    /// <summary>Default 20.</summary>
    public int MaxInstances { get; init; } = 20;

    /// <summary>Idle sandboxes kept frozen before they are stopped; default 1.</summary>
    public int Standby { get; init; } = 1;

    /// <summary>How long a standby that nobody needs is kept until it is stopped; default 1 hour.</summary>
    public TimeSpan StandbyDelay { get; init; } = TimeSpan.FromHours(1);

    public static Scaling FixedAt(int instances) => new() { Mode = ScalingMode.Fixed, Instances = instances };

    public static Scaling Automatic() => new() { Mode = ScalingMode.Auto };

    /// <summary>Nobody freezes a worker to have it back in milliseconds; and a job that is begun has left the queue already, so it is waited a little before a sandbox goes.</summary>
    public static Scaling ByQueue(QueueSource? source) => new() { Mode = ScalingMode.Queue, Queue = source, ScaleDownDelay = TimeSpan.FromMinutes(5), Standby = 0 };

    /// <summary>As it is written in files.</summary>
    public string ModeName => Mode.ToString().ToLowerInvariant();
}

/// <summary>One environment variable. The value is passed byte for byte; nothing in it is expanded.</summary>
public sealed record EnvVar(string Key, string Value)
{
    /// <summary>A secret value of fewer characters is hidden, but not blotted out of logs: it would be found everywhere.</summary>
    public const int LeastRedactedLength = 8;

    /// <summary>Its value is passed to sandboxes and shown to nobody.</summary>
    public bool Secret { get; init; }

    public override string ToString() => $"{Key}={(Secret ? "***" : Value)}";
}

/// <summary>A variable without which an app, or one of its services, is not to be deployed.</summary>
/// <param name="Service">The only service that needs it; null: all of them.</param>
/// <param name="Description">What it is for, in the words of the app's files; null where they do not say.</param>
public sealed record RequiredVariable(string Key, string? Service, string? Description);

public static class EnvVars
{
    /// <summary>One list with unique keys: of equal keys the later value wins, at the place of the first. What is a secret in one list stays one.</summary>
    public static IReadOnlyList<EnvVar> Merge(params ReadOnlySpan<IReadOnlyList<EnvVar>> lists)
    {
        var merged = new List<EnvVar>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var list in lists)
        {
            foreach (var variable in list)
            {
                if (places.TryGetValue(variable.Key, out var place))
                {
                    merged[place] = variable with { Secret = variable.Secret || merged[place].Secret };
                    continue;
                }
                places[variable.Key] = merged.Count;
                merged.Add(variable);
            }
        }
        return merged;
    }
}

/// <summary>A persistent disk that a service asks for (SPEC section 11).</summary>
public sealed record DiskDefinition
{
    /// <summary>GiB of the largest disk: 64 TiB.</summary>
    public const int MaxSizeGb = 65536;

    /// <summary>Those that a disk may have; the first is the default.</summary>
    public static readonly IReadOnlyList<string> FileSystems = ["ext4", "xfs", "btrfs"];

    public required string Name { get; init; }

    public required string MountPath { get; init; }

    /// <summary>GiB of a disk that is made on its first use; 0 means that it must exist already.</summary>
    public int SizeGb { get; init; }

    public bool ReadOnly { get; init; }

    /// <summary>One of <see cref="FileSystems"/>.</summary>
    public string FileSystem { get; init; } = FileSystems[0];
}

/// <summary>
/// A process beside a service's own, in each of its sandboxes: both see the same 127.0.0.1 and the same disks. The sandbox is ready by the service's
/// health alone, and ends when either ends.
/// </summary>
public sealed record SidecarDefinition
{
    /// <summary>Cloud Foundry's limit.</summary>
    public const int MaxNameLength = 255;

    /// <summary>Any text, unique in its service.</summary>
    public required string Name { get; init; }

    /// <summary>The command line as written; null runs what <see cref="Image"/> runs by itself.</summary>
    public string? Command { get; init; }

    /// <summary>An image of its own; null means the service's.</summary>
    public string? Image { get; init; }

    /// <summary>Beside those of the service, over which they win.</summary>
    public IReadOnlyList<EnvVar> Env { get; init; } = [];

    /// <summary>Bytes, beside the service's own; null: as much as the service may have.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>CPU cores; null: as many as the service may have.</summary>
    public double? Cpu { get; init; }
}

public enum HealthCheckKind
{
    /// <summary>Ready when the port accepts a connection.</summary>
    Port,

    /// <summary>Ready when <see cref="HealthCheck.Path"/> answers 200–399.</summary>
    Http,

    /// <summary>Ready as soon as the process runs.</summary>
    Process,
}

/// <summary>When a sandbox counts as ready, and as broken later. Checked from outside the image.</summary>
public sealed record HealthCheck
{
    public required HealthCheckKind Kind { get; init; }

    public string Path { get; init; } = "/";

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a new sandbox may take until it is ready; default 60 s (Cloud Foundry's and Heroku's limit).</summary>
    public TimeSpan StartupTimeout { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>
/// A service as an app's files define it, all defaults filled in but the port: that may come from the image,
/// which is not known before the build (see <see cref="Port"/>).
/// </summary>
public sealed record ServiceDefinition
{
    public required string Name { get; init; }

    /// <summary>The command line as written; null runs the image's own ENTRYPOINT and CMD.</summary>
    public string? Command { get; init; }

    /// <summary>Exec form: replaces CMD, keeps ENTRYPOINT, no shell. Never set together with <see cref="Command"/>.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>An image of its own; null means the app's.</summary>
    public string? Image { get; init; }

    /// <summary>
    /// The port that was asked for; null: the image's single EXPOSEd TCP port, else <see cref="DefaultPort"/> for a
    /// routable service, else none.
    /// </summary>
    public int? Port { get; init; }

    /// <summary>3000, but 8080 for services from a Cloud Foundry manifest (SPEC section 3).</summary>
    public int DefaultPort { get; init; } = 3000;

    public IReadOnlyList<EnvVar> Env { get; init; } = [];

    public required Scaling Scaling { get; init; }

    /// <summary>Bytes; default 1 GiB.</summary>
    public long MemoryBytes { get; init; } = ByteSize.GiB;

    /// <summary>CPU cores; null: no limit.</summary>
    public double? Cpu { get; init; }

    /// <summary>Between SIGTERM and SIGKILL; default 10 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What comes before the stop signal; null: nothing.</summary>
    public QuietStop? Quiet { get; init; }

    /// <summary>May old and new sandboxes run side by side while a release is replaced? Null: routable ones do, others do not.</summary>
    public bool? Overlap { get; init; }

    /// <summary>Null: <see cref="HealthCheckKind.Port"/> for a routable service, else <see cref="HealthCheckKind.Process"/>.</summary>
    public HealthCheck? Health { get; init; }

    public IReadOnlyList<DiskDefinition> Disks { get; init; } = [];

    public IReadOnlyList<SidecarDefinition> Sidecars { get; init; } = [];

    /// <summary>Where the definition stands: <c>Procfile:2</c>, <c>.miren/app.toml:5</c>, <c>image</c>, <c>stack python</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Which of the values above were not written but filled in, in words for people: <c>port 3000 (default)</c>.</summary>
    public IReadOnlyList<string> Defaults { get; init; } = [];

    public bool IsRoutable => Names.IsRoutable(Name);

    public bool Overlaps => Disks.Count == 0 && (Overlap ?? IsRoutable);
}

/// <summary>How the app's image is to be built, as far as the files say.</summary>
public sealed record BuildDefinition
{
    /// <summary>Path of the Dockerfile inside the source; null: <c>Dockerfile</c> if there is one, else a detected stack.</summary>
    public string? Dockerfile { get; init; }

    /// <summary>Version of the language, for example <c>3.12</c>.</summary>
    public string? Version { get; init; }

    /// <summary>Commands run in <c>/app</c> after the build.</summary>
    public IReadOnlyList<string> OnBuild { get; init; } = [];

    /// <summary>A base image instead of the stack's own.</summary>
    public string? Base { get; init; }

    /// <summary>Stack asked for by name (<c>python</c>); null: detected.</summary>
    public string? Stack { get; init; }

    /// <summary>Patterns (gitignore style) that are sent although <c>.gitignore</c> leaves them out.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];
}

/// <summary>Which routes an app's files ask for. They are added when the app is deployed; those that a person added stay.</summary>
public sealed record RouteWishes
{
    /// <summary>Hosts, with or without a path, as <see cref="RouteAddress"/> writes them.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The app is to have no route at all: those it has are removed, also its own.</summary>
    public bool None { get; init; }

    /// <summary>A route with words chosen by chance, if the app has no added route yet.</summary>
    public bool Random { get; init; }
}

/// <summary>What an app's files say, read together (SPEC section 2). Services keep the order in which they were found.</summary>
public sealed record AppDefinition
{
    /// <summary>The name in the file; null where none is given.</summary>
    public string? Name { get; init; }

    public IReadOnlyList<EnvVar> Env { get; init; } = [];

    /// <summary>
    /// The variables are set as <c>berth env set</c> would: they replace what a person set under the same names, and stay when the file does not name
    /// them any more. So it is in Cloud Foundry.
    /// </summary>
    public bool EnvIsConfig { get; init; }

    /// <summary>Variables that must have a value before the app may be deployed.</summary>
    public IReadOnlyList<RequiredVariable> RequiredEnv { get; init; } = [];

    /// <summary>Keys of variables whose values listings for people leave out, whoever sets them.</summary>
    public IReadOnlyList<string> SensitiveEnv { get; init; } = [];

    public required IReadOnlyList<ServiceDefinition> Services { get; init; }

    /// <summary>Folder of the app inside what was read, with forward slashes; null: all of it.</summary>
    public string? Path { get; init; }

    /// <summary>An image to run instead of a build; null: the source is built.</summary>
    public string? Image { get; init; }

    /// <summary>Null: the files say nothing about routes, and those that are there stay as they are.</summary>
    public RouteWishes? Routes { get; init; }

    /// <summary>Runs once before anything is switched; null: none.</summary>
    public string? ReleaseCommand { get; init; }

    public IReadOnlyList<CronDefinition> Crons { get; init; } = [];

    public BuildDefinition Build { get; init; } = new();
}
