using System.Text;
using Berth.Definitions.AppToml;

namespace Berth.Definitions.CfManifest;

/// <summary>
/// The keys of a manifest, in hyphen spelling, and what is said of those that Berth does not carry out: refused where the app would not run as it
/// was meant, else told as a warning.
/// </summary>
internal static class ManifestKeys
{
    public const string Name = "name", Path = "path", Processes = "processes", Docker = "docker", Buildpack = "buildpack", Buildpacks = "buildpacks", Lifecycle = "lifecycle",
        Stack = "stack", Env = "env", Features = "features", Metadata = "metadata", Routes = "routes", NoRoute = "no-route", RandomRoute = "random-route",
        DefaultRoute = "default-route", Services = "services", Sidecars = "sidecars", Type = "type", Command = "command", Instances = "instances", Memory = "memory",
        DiskQuota = "disk-quota", LogRate = "log-rate-limit-per-second", Timeout = "timeout", User = "user", CnbCredentials = "cnb-credentials",
        HealthType = "health-check-type", HealthPath = "health-check-http-endpoint", HealthTimeout = "health-check-invocation-timeout", HealthInterval = "health-check-interval",
        ReadinessPrefix = "readiness-";

    private static readonly string[] HealthKeys = [HealthType, HealthPath, HealthTimeout, HealthInterval];

    /// <summary>Of a process; on an application they describe its web process.</summary>
    public static readonly IReadOnlyList<string> OfProcess =
        [Command, Instances, Memory, DiskQuota, LogRate, Timeout, User, .. HealthKeys, .. HealthKeys.Select(key => ReadinessPrefix + key)];

    public static readonly IReadOnlyList<string> OfProcessEntry = [Type, .. OfProcess];

    public static readonly IReadOnlyList<string> OfApplication =
    [
        Name, Path, Processes, Docker, Buildpacks, Buildpack, Lifecycle, Stack, Env, Features, Metadata, Routes, NoRoute, RandomRoute, DefaultRoute, Services, Sidecars, CnbCredentials,
        .. OfProcess,
    ];

    private static readonly Refusal OldRoute = new("was read by old versions of Cloud Foundry only", "write routes: and below it \"- route: HOST.DOMAIN\"");

    /// <summary>Errors: without these the app would not be what it was meant to be.</summary>
    public static readonly IReadOnlyDictionary<string, Refusal> Refused = new Dictionary<string, Refusal>
    {
        ["host"] = OldRoute,
        ["hosts"] = OldRoute,
        ["domain"] = OldRoute,
        ["domains"] = OldRoute,
        ["no-hostname"] = OldRoute,
        ["inherit"] = new("was read by old versions of Cloud Foundry only", "give a mapping an anchor (&name) and take it in by <<: *name"),
        [CnbCredentials] = new("is not carried out: Berth builds by stacks of its own, not by Cloud Native Buildpacks", "delete it, or write a Dockerfile"),
    };

    public static readonly Refusal CnbLifecycle = new("cnb is not carried out: Berth builds by stacks of its own, not by Cloud Native Buildpacks", "delete it to have the stack detected, or write a Dockerfile");

    public static readonly Refusal ServiceBindings = new(
        "is not carried out: Berth has no marketplace whose credentials it could bind", "run the service as a process with an image of its own (app.toml), pass its address by env, and delete the key");

    public static readonly Refusal DockerUsername = new("is not carried out: images are pulled without credentials", "let the engine's host log in to the registry (docker login), or use an image that needs none");

    public static readonly Refusal OtherUser = new("is not carried out: commands run as the user that the image names", "write USER into a Dockerfile, and delete the key");

    public static readonly Refusal Http2 = new("http2 is not carried out: the router speaks HTTP/1.1 to apps", "delete it if the app speaks HTTP/1.1 too; browsers get HTTP/2 from the router in any case");

    // Warnings: the app runs without these, and the last word of each says what is in their place.

    public static readonly Refusal DiskQuotaUnlimited = new("is not carried out: sandboxes have no limit of disk space", "delete it to be rid of this warning");

    public static readonly Refusal LogRateUnlimited = new("is not carried out: logs are limited by age and size, not by rate", "delete it, or write -1, to be rid of this warning");

    public static readonly Refusal StackIsBerths = new("is not carried out: Berth builds on base images of its own, made of Debian packages", "delete it to be rid of this warning");

    public static readonly Refusal MetadataIsNotKept = new("is not carried out: apps of Berth have no labels", "delete it to be rid of this warning");

    public static readonly Refusal FeaturesAreFixed = new("is not carried out: shells and releases are always there, and no services are bound", "delete it to be rid of this warning");

    public static readonly Refusal SidecarEnv = new("is not carried out: a sidecar has the variables of its application", "set them in its command: KEY=VALUE command");

    public static readonly Refusal SidecarHealth = new("is not carried out: the health of its process decides", "delete it to be rid of this warning");

    public static readonly Refusal RoundRobin = new("round-robin is not carried out: a request goes to the sandbox with the fewest in flight", "write least-connection to be rid of this warning");

    public static readonly Refusal OneHealthCheck = new("is not carried out beside health-check-type: Berth has one check, which decides when a sandbox gets requests", "keep the one of the two that tells when the app is ready");

    /// <summary><c>health_check_type</c>, <c>healthCheckType</c> and <c>health-check-type</c> are one key.</summary>
    public static string Hyphened(string key)
    {
        if (key.Length > 100)
            return key;
        var plain = new StringBuilder(key.Length + 8);
        for (int i = 0; i < key.Length; i++)
        {
            if (char.IsAsciiLetterUpper(key[i]) && i > 0 && (char.IsAsciiLetterLower(key[i - 1]) || char.IsAsciiDigit(key[i - 1])))
                plain.Append('-');
            plain.Append(key[i] == '_' ? '-' : char.ToLowerInvariant(key[i]));
        }
        return plain.ToString();
    }
}
