namespace Berth.Definitions.AppToml;

/// <summary>Which keys may stand where in app.toml. A key that Berth learns to carry out moves from a section's refused ones to its known ones.</summary>
internal static class AppTomlSchema
{
    private const string NotYet = "is not carried out by this version of Berth";

    public static readonly SectionSchema App = new(
        ["name", "env", "services", "build", "include", "release", "tasks", "crons", "web"],
        new Dictionary<string, Refusal>
        {
            ["post_import"] = new("is not run by Berth", "write release = \"command\", which runs once before each release is switched to"),
            ["concurrency"] = new("has no meaning for the app as a whole", "set it for a service: [services.web.concurrency]"),
            ["static_dir"] = new(NotYet, "let the web service serve the files"),
            ["static"] = new(NotYet, "let the web service serve the files"),
            ["addons"] = new(NotYet, "define the database as a service: [services.db] with image = \"stack/postgres\""),
            ["aliases"] = new("is not carried out: Berth's command line has no aliases", "use your shell's aliases"),
            ["workload_role"] = new("is not carried out: sandboxes get no credentials for the platform", "give the app a token in its env"),
        });

    public static readonly SectionSchema EnvVar = new(
        ["key", "value", "required", "sensitive", "description"],
        new Dictionary<string, Refusal>
        {
            ["name"] = new("is not how a variable is named", "write key = \"…\""),
            ["backend"] = new("is not carried out: Berth reads no secret stores", "set the variable by berth env set"),
            ["ref"] = new("is not carried out: Berth reads no secret stores", "set the variable by berth env set"),
        });

    public static readonly SectionSchema Service = new(
        [
            "command", "args", "image", "port", "port_name", "port_type", "ports", "port_timeout", "env", "memory", "cpu", "stop_timeout", "overlap", "health",
            "concurrency", "disks", "sidecars",
        ],
        new Dictionary<string, Refusal>
        {
            ["metrics"] = new(NotYet, "let your collector ask the service itself, within the app's network"),
        });

    public static readonly SectionSchema Port = new(
        ["port", "name", "type", "node_port"],
        new Dictionary<string, Refusal>());

    public static readonly SectionSchema Cron = new(
        ["name", "schedule", "timezone", "command", "service", "overlap", "timeout"],
        new Dictionary<string, Refusal>());

    public static readonly SectionSchema Task = new(
        ["command", "trigger", "every", "schedule", "timeout", "retries", "max_concurrent", "env"],
        new Dictionary<string, Refusal>());

    /// <summary>What is refused in a task that runs at each deployment.</summary>
    public static readonly IReadOnlyDictionary<string, Refusal> DeployTask = new Dictionary<string, Refusal>
    {
        ["every"] = new("has no effect on a task that runs at each deployment", "delete it"),
        ["schedule"] = new("has no effect on a task that runs at each deployment", "delete it"),
        ["timeout"] = new("is not carried out: berthd has one time limit for all release commands", "delete it, or begin the command with timeout 10m"),
        ["retries"] = new("is not carried out: a release command runs once, and the deployment fails if it fails", "delete it, and deploy again"),
        ["env"] = new("is not carried out: the release command gets the variables of the app", "set them in [[env]], or in the command: KEY=VALUE command"),
    };

    /// <summary>A task that is started by a person, and one that is started by the clock.</summary>
    public static readonly Refusal ManualTask = new(NotYet + ": it runs tasks at each deployment only", "delete it, and run its command in a running sandbox by berth exec");
    public static readonly Refusal ScheduledTask = new("is not carried out under this name", "write [[crons]] with schedule = \"0 3 * * *\" and command");

    /// <summary>A port of the machine itself.</summary>
    public static readonly Refusal NodePort = new("is not carried out: Berth opens no port of the machine for an app", "delete it: within the app all ports are reachable");

    public static readonly SectionSchema Concurrency = new(
        ["mode", "num_instances", "requests_per_instance", "scale_down_delay", "min_instances", "max_instances", "standby", "standby_delay", "shutdown_timeout",
            "command", "http", "json", "redis_list", "sql", "url", "jobs_per_instance", "interval", "quiet_signal", "quiet_for"],
        new Dictionary<string, Refusal>());

    public static readonly SectionSchema Health = new(
        ["type", "path", "interval", "timeout", "startup_timeout"],
        new Dictionary<string, Refusal>());

    public static readonly SectionSchema Disk = new(
        ["name", "mount_path", "size_gb", "read_only", "filesystem"],
        new Dictionary<string, Refusal>
        {
            ["lease_timeout"] = new("is not carried out: a disk is free as soon as its sandbox has ended", "delete it"),
            ["provider"] = new("is not carried out: Berth has one kind of disk", "delete it"),
            ["owner"] = new(NotYet, "let the service set the owner of its files when it starts"),
        });

    public static readonly SectionSchema Sidecar = new(
        ["name", "command", "image", "env", "memory", "cpu"],
        new Dictionary<string, Refusal>
        {
            ["port"] = new("is not carried out: requests go to the service's own process", "delete it: the service reaches every port of its sidecars on 127.0.0.1"),
            ["health"] = new("is not carried out: the service's own health decides", "delete it"),
            ["disks"] = new("is not carried out: a sidecar sees the disks of its service", "delete it, or give the disk to the service"),
        });

    public static readonly SectionSchema Build = new(
        ["dockerfile", "version", "onbuild", "base"],
        new Dictionary<string, Refusal>
        {
            ["alpine_image"] = new("is not carried out under this name", "write base = \"image\""),
            ["secrets"] = new(NotYet, "fetch what needs a secret when the app starts, not while it is built"),
        });
}
