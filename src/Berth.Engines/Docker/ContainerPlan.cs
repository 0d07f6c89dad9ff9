using System.Globalization;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>A sandbox's spec in the engine's words. Pure: all that a sandbox is given or denied stands here.</summary>
internal static class ContainerPlan
{
    /// <summary>Why each of these, and why no other: see this project's README.</summary>
    public static readonly IReadOnlyList<string> Capabilities =
        ["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"];

    private const string SignalTheGroup = "TINI_KILL_PROCESS_GROUP";
    private const string NoNetwork = "none";

    public static ContainerCreate For(SandboxSpec spec, DockerEngineOptions options) => new()
    {
        Image = spec.ImageId,
        Cmd = spec.Command,
        Env = Environment(spec),
        Labels = LabelsOf(spec, options.Owner),
        StopSignal = spec.StopSignal,
        StopTimeout = (int)Math.Ceiling(spec.StopTimeout.TotalSeconds),
        // Health is asked from outside. The image's own check would run inside the sandbox's limits, and nobody would look at its result.
        Healthcheck = new ImageHealthCheck(["NONE"]),
        HostConfig = new HostConfig
        {
            // The app's network alone: a container that also joined the engine's bridge would be seen by other apps there.
            NetworkMode = spec.Network is null ? NoNetwork : options.NetworkName(spec.App),
            Init = true,
            Memory = spec.MemoryBytes,
            MemorySwap = spec.MemoryBytes,
            NanoCpus = spec.Cpu is { } cores ? (long)(cores * 1e9) : 0,
            PidsLimit = spec.PidsLimit,
            Mounts = spec.Mounts.Count == 0 ? null : [.. spec.Mounts.Select(m => new Mount("bind", m.Source, m.Target, m.ReadOnly))],
            CapAdd = Capabilities,
            CapDrop = ["ALL"],
            SecurityOpt = ["no-new-privileges:true"],
            LogConfig = LogsOf(options),
            RestartPolicy = new RestartPolicy("no"),
        },
        NetworkingConfig = spec.Network is null ? null : new NetworkingConfig(new Dictionary<string, EndpointConfig>
        {
            [options.NetworkName(spec.App)] = new(spec.Aliases),
        }),
    };

    /// <summary>A sidecar: a container like the sandbox's own, but for what its spec says, that has joined the network of that one and with it 127.0.0.1 and DNS.</summary>
    /// <param name="main">Id of the sandbox's own container.</param>
    public static ContainerCreate For(SandboxSpec spec, SidecarSpec sidecar, string main, DockerEngineOptions options)
    {
        var like = For(
            spec with
            {
                ImageId = sidecar.ImageId,
                Command = sidecar.Command,
                Env = sidecar.Env,
                MemoryBytes = sidecar.MemoryBytes,
                Cpu = sidecar.Cpu,
                StopSignal = sidecar.StopSignal,
                Sidecars = [],
                Port = null,
                Quiet = null,
                Network = null,
            }, options);
        return like with
        {
            Labels = new Dictionary<string, string>(like.Labels) { [Labels.Sidecar] = sidecar.Name },
            HostConfig = like.HostConfig! with { NetworkMode = $"container:{main}" },
        };
    }

    public static LogConfig LogsOf(DockerEngineOptions options) => new("json-file", new Dictionary<string, string>
    {
        ["max-size"] = options.LogFileSize,
        ["max-file"] = options.LogFiles.ToString(CultureInfo.InvariantCulture),
    });

    private static List<string> Environment(SandboxSpec spec)
    {
        var env = spec.Env.Select(e => $"{e.Key}={e.Value}").ToList();
        if (spec.Env.All(e => e.Key != SignalTheGroup))
            env.Add(SignalTheGroup + "=1");
        return env;
    }

    private static Dictionary<string, string> LabelsOf(SandboxSpec spec, string owner)
    {
        var labels = new Dictionary<string, string>
        {
            [Labels.Owner] = owner,
            [Labels.App] = spec.App,
            [Labels.Release] = spec.ReleaseId,
            [Labels.Service] = spec.Service,
            [Labels.Pool] = spec.PoolId,
            [Labels.Sandbox] = spec.Id,
            [Labels.Role] = RoleNames.Of(spec.Role),
        };
        if (spec.Port is { } port)
            labels[Labels.Port] = port.ToString(CultureInfo.InvariantCulture);
        if (spec.Sidecars.Count > 0)
            labels[Labels.Sidecars] = spec.Sidecars.Count.ToString(CultureInfo.InvariantCulture);
        if (spec.Quiet is { } quiet)
            labels[Labels.Quiet] = $"{quiet.Signal} {GoDuration.Format(quiet.For)}";
        return labels;
    }
}
