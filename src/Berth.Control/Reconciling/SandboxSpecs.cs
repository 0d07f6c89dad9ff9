using Berth.Control.Autoscaling;
using Berth.Control.Store;
using Berth.Definitions;
using Berth.Model;
using Berth.Planning;

namespace Berth.Control.Reconciling;

/// <summary>From a release and a person's settings to what planning and the engine are asked for. Pure.</summary>
public static class SandboxSpecs
{
    /// <summary>The pools of a release as they should be now.</summary>
    /// <param name="desired">The count of a service, by the scaling that holds for it.</param>
    public static IReadOnlyList<PoolSpec> Pools(Release release, IReadOnlyDictionary<string, ServiceSetting> settings, Func<ReleaseService, Scaling, int> desired) =>
        [.. release.Services.Select(s => Pool(s, settings.GetValueOrDefault(s.Definition.Name) ?? ServiceSetting.None, desired))];

    /// <summary>What to run for one more sandbox of the service.</summary>
    public static SandboxSpec Sandbox(string id, Release release, ReleaseService service, ServiceSetting setting, AppNetwork? network)
    {
        var definition = service.Definition;
        var (memory, cpu) = (setting.MemoryBytes ?? definition.MemoryBytes, setting.Cpu ?? definition.Cpu);
        var env = Environment(id, release, service);
        return new()
        {
            Id = id,
            App = release.App,
            ReleaseId = release.Id,
            Service = definition.Name,
            PoolId = service.PoolId,
            ImageId = service.ImageId,
            Command = StartCommand.Resolve(definition, service.ImageHasEntrypoint, service.StopSignal),
            Env = env,
            Port = service.Port,
            Network = network,
            Aliases = Names.InNetwork(definition.Name),
            MemoryBytes = memory,
            Cpu = cpu,
            StopTimeout = definition.StopTimeout,
            StopSignal = service.StopSignal,
            Quiet = definition.Quiet,
            Sidecars = [.. definition.Sidecars.Zip(service.SidecarImages, (sidecar, image) => new SidecarSpec
            {
                Name = sidecar.Name,
                ImageId = image.Id,
                Command = StartCommand.Resolve(sidecar, image.HasEntrypoint, image.StopSignal),
                Env = EnvVars.Merge(env, sidecar.Env),
                MemoryBytes = sidecar.MemoryBytes ?? memory,
                Cpu = sidecar.Cpu ?? cpu,
                StopSignal = image.StopSignal,
            })],
        };
    }

    /// <summary>A sandbox that runs one command with the release's image and config, and ends: a release command.</summary>
    public static SandboxSpec Job(string id, Release release, string command, ReleaseService like, AppNetwork network) =>
        Once(SandboxRole.Job, Sandbox(id, release, WithCommand(like, command), ServiceSetting.None, network));

    /// <summary>A sandbox without a network that tries a restored disk, mounted where the service has its own, and ends.</summary>
    /// <param name="data">The folder with what was restored.</param>
    public static SandboxSpec Proof(string id, Release release, string command, ReleaseService like, ServiceSetting setting, FolderMount data) =>
        Once(SandboxRole.Job, Sandbox(id, release, WithCommand(like, command), setting, network: null)) with { Mounts = [data] };

    /// <summary>A sandbox that runs one command for a person, and ends: <c>berth run</c>.</summary>
    public static SandboxSpec Run(string id, Release release, IReadOnlyList<string> command, ReleaseService like, ServiceSetting setting, AppNetwork network) =>
        Once(SandboxRole.Job, Sandbox(id, release, like, setting, network)) with { Command = command };

    /// <summary>A sandbox that runs one command by the clock, and ends. Its lines in the log carry the cron's name.</summary>
    public static SandboxSpec Cron(string id, Release release, CronDefinition cron, ReleaseService like, ServiceSetting setting, AppNetwork network) =>
        Once(SandboxRole.Cron, Sandbox(id, release, like with { Definition = like.Definition with { Name = cron.Name, Command = cron.Command, Args = null } }, setting, network));

    /// <summary>What a sandbox that runs once and ends is like: found by nobody under the service's name, and alone.</summary>
    private static SandboxSpec Once(SandboxRole role, SandboxSpec spec) => spec with { Role = role, Aliases = [], Sidecars = [] };

    private static ReleaseService WithCommand(ReleaseService like, string command) => like with { Definition = like.Definition with { Command = command, Args = null } };

    /// <summary>Later ones win: Berth's own, the app's config, the service's variables (SPEC section 4).</summary>
    private static IReadOnlyList<EnvVar> Environment(string id, Release release, ReleaseService service)
    {
        List<EnvVar> own =
        [
            new("BERTH_APP", release.App),
            new("BERTH_SERVICE", service.Definition.Name),
            new("BERTH_RELEASE", release.Label),
            new("BERTH_SANDBOX", id),
        ];
        if (service.Port is { } port)
            own.Insert(0, new("PORT", port.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return EnvVars.Merge(own, release.Env, service.Definition.Env);
    }

    private static PoolSpec Pool(ReleaseService service, ServiceSetting setting, Func<ReleaseService, Scaling, int> desired)
    {
        var definition = service.Definition;
        var scaling = ScaleText.Apply(definition.Scaling, setting.Scale);
        var auto = DemandBook.FollowsDemand(service, scaling);
        return new()
        {
            Id = service.PoolId,
            Service = definition.Name,
            Desired = desired(service, scaling),
            Auto = auto,
            Standby = auto ? scaling.Standby : 0,
            StandbyDelay = scaling.StandbyDelay,
            Overlaps = definition.Overlaps,
            Routable = definition.IsRoutable && service.Port is not null,
            HasReadinessProbe = Check(service).Kind != HealthCheckKind.Process,
            StartupTimeout = Check(service).StartupTimeout,
            RenewedAt = setting.RenewedAt,
            HasOwnImage = definition.Image is not null,
        };
    }

    /// <summary>The service's health check, or the default for its kind: the port where there is one that Berth routes to, else the process.</summary>
    public static HealthCheck Check(ReleaseService service)
    {
        if (service.Definition.Health is { } check && (check.Kind == HealthCheckKind.Process || service.Port is not null))
            return check;
        return new() { Kind = service.Definition.IsRoutable && service.Port is not null ? HealthCheckKind.Port : HealthCheckKind.Process };
    }
}
