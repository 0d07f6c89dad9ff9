namespace Berth.Definitions.AppToml;

/// <summary>Which keys may stand where in app.toml. A key that Berth learns to carry out moves from a section's refused ones to its known ones.</summary>
internal static class AppTomlSchema
{
    private const string NotYet = "is not carried out by this version of Berth";

    public static readonly SectionSchema App = new(
        ["name", "env", "services", "build", "include", "release"],
        new Dictionary<string, Refusal>
        {
            ["post_import"] = new("is not run by Berth", "write release = \"command\", which runs once before each release is switched to"),
            ["concurrency"] = new("has no meaning for the app as a whole", "set it for a service: [services.web.concurrency]"),
            ["web"] = new("is not needed", "delete it: Berth adds no web service to an app that defines services"),
            ["static_dir"] = new(NotYet, "let the web service serve the files"),
            ["static"] = new(NotYet, "let the web service serve the files"),
            ["tasks"] = new(NotYet, "for a command at each deployment write release = \"command\"; run others by berth run"),
            ["crons"] = new(NotYet, "run a service that does its work at the times you want"),
            ["addons"] = new(NotYet, "define the database as a service: [services.db] with image = \"stack/postgres\""),
            ["aliases"] = new("is not carried out: Berth's command line has no aliases", "use your shell's aliases"),
            ["workload_role"] = new("is not carried out: sandboxes get no credentials for the platform", "give the app a token in its env"),
        });

    public static readonly SectionSchema EnvVar = new(
        ["key", "value"],
        new Dictionary<string, Refusal>
        {
            ["name"] = new("is not how a variable is named", "write key = \"…\""),
            ["required"] = new(NotYet, "let the app check its variables when it starts; set secrets by berth env set"),
            ["sensitive"] = new(NotYet, "keep secrets out of the file and set them by berth env set"),
            ["description"] = new(NotYet, "write a comment: # …"),
            ["backend"] = new("is not carried out: Berth reads no secret stores", "set the variable by berth env set"),
            ["ref"] = new("is not carried out: Berth reads no secret stores", "set the variable by berth env set"),
        });

    public static readonly SectionSchema Service = new(
        ["command", "args", "image", "port", "env", "memory", "cpu", "stop_timeout", "overlap", "health", "concurrency", "disks"],
        new Dictionary<string, Refusal>
        {
            ["ports"] = new(NotYet, "write the one port that gets requests: port = 8000; within the app all ports are reachable"),
            ["port_name"] = new("is not carried out: ports have no names", "delete it"),
            ["port_type"] = new("is not carried out: the port of web and cmd takes HTTP, those of others take any TCP", "delete it"),
            ["port_timeout"] = new("is not carried out under this name", "write health = { type = \"port\", startup_timeout = \"60s\" }"),
            ["metrics"] = new(NotYet, "let your collector ask the service itself, within the app's network"),
            ["sidecars"] = new(NotYet, "define each as a service of its own"),
        });

    public static readonly SectionSchema Concurrency = new(
        ["mode", "num_instances", "requests_per_instance", "scale_down_delay", "min_instances", "max_instances", "standby", "shutdown_timeout"],
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

    public static readonly SectionSchema Build = new(
        ["dockerfile", "version", "onbuild", "base"],
        new Dictionary<string, Refusal>
        {
            ["alpine_image"] = new("is not carried out under this name", "write base = \"image\""),
            ["secrets"] = new(NotYet, "fetch what needs a secret when the app starts, not while it is built"),
        });
}
