using System.Text.Json.Serialization;

namespace Berth.Engines.Docker.Wire;

/// <summary>Body of <c>POST /containers/create</c>.</summary>
internal sealed record ContainerCreate
{
    public required string Image { get; init; }

    public IReadOnlyList<string>? Cmd { get; init; }

    public IReadOnlyList<string>? Env { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public bool Tty { get; init; }

    public bool OpenStdin { get; init; }

    /// <summary>The input ends when the first that was attached to it goes.</summary>
    public bool StdinOnce { get; init; }

    public string? StopSignal { get; init; }

    /// <summary>Seconds.</summary>
    public int? StopTimeout { get; init; }

    public ImageHealthCheck? Healthcheck { get; init; }

    /// <summary>Keys are <c>80/tcp</c>.</summary>
    public IReadOnlyDictionary<string, EmptyObject>? ExposedPorts { get; init; }

    public HostConfig? HostConfig { get; init; }

    public NetworkingConfig? NetworkingConfig { get; init; }
}

/// <param name="Test"><c>["NONE"]</c> switches off the check that the image brings along.</param>
internal sealed record ImageHealthCheck(IReadOnlyList<string> Test);

internal sealed record HostConfig
{
    public required string NetworkMode { get; init; }

    public bool Init { get; init; }

    public long Memory { get; init; }

    /// <summary>Memory and swap together.</summary>
    public long MemorySwap { get; init; }

    public long NanoCpus { get; init; }

    public long PidsLimit { get; init; }

    public IReadOnlyList<string> CapAdd { get; init; } = [];

    public IReadOnlyList<string> CapDrop { get; init; } = [];

    public IReadOnlyList<string> SecurityOpt { get; init; } = [];

    /// <summary>Keys are <c>80/tcp</c>.</summary>
    public IReadOnlyDictionary<string, PortBinding[]>? PortBindings { get; init; }

    public IReadOnlyList<Mount>? Mounts { get; init; }

    public required LogConfig LogConfig { get; init; }

    public required RestartPolicy RestartPolicy { get; init; }
}

/// <param name="Type"><c>bind</c>: the engine refuses a source that is not there.</param>
internal sealed record Mount(string Type, string Source, string Target, bool ReadOnly);

/// <summary><c>{}</c></summary>
internal sealed record EmptyObject;

internal sealed record PortBinding(string HostIp, string HostPort);

internal sealed record LogConfig(string Type, IReadOnlyDictionary<string, string> Config);

internal sealed record RestartPolicy(string Name);

internal sealed record NetworkingConfig(IReadOnlyDictionary<string, EndpointConfig> EndpointsConfig);

internal sealed record EndpointConfig(IReadOnlyList<string> Aliases);

/// <summary>Answer to several creations: containers, networks, execs.</summary>
internal sealed record Created(string Id);

/// <summary>One entry of <c>GET /containers/json</c>.</summary>
internal sealed record ContainerSummary
{
    public required string Id { get; init; }

    /// <summary><c>created</c>, <c>running</c>, <c>paused</c>, <c>restarting</c>, <c>removing</c>, <c>exited</c> or <c>dead</c>.</summary>
    public required string State { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public NetworkSettings? NetworkSettings { get; init; }

    /// <summary>With a slash before each.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    public IReadOnlyList<ContainerPort>? Ports { get; init; }
}

/// <param name="PublicPort">Null: it is not published.</param>
internal sealed record ContainerPort([property: JsonPropertyName("IP")] string? Address, int? PublicPort, string Type);

internal sealed record NetworkSettings(IReadOnlyDictionary<string, Endpoint>? Networks);

internal sealed record Endpoint
{
    public string? IPAddress { get; init; }

    public int IPPrefixLen { get; init; }
}

/// <summary>Answer to <c>GET /containers/{id}/json</c>.</summary>
internal sealed record ContainerDetails
{
    public required string Id { get; init; }

    /// <summary>With a slash in front.</summary>
    public required string Name { get; init; }

    /// <summary>Finer than in the listing, which has whole seconds.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Where the json-file driver writes on the engine's machine; empty with other drivers.</summary>
    public string? LogPath { get; init; }

    public required ContainerState State { get; init; }

    public required ContainerConfig Config { get; init; }
}

internal sealed record ContainerState
{
    public required string Status { get; init; }

    public bool Paused { get; init; }

    /// <summary>0 unless it runs.</summary>
    public int Pid { get; init; }

    [JsonPropertyName("OOMKilled")]
    public bool OomKilled { get; init; }

    public int ExitCode { get; init; }

    /// <summary>Why it could not be started; empty where it could.</summary>
    public string? Error { get; init; }

    /// <summary>Year 1 where it never happened.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Year 1 where it never happened.</summary>
    public DateTimeOffset FinishedAt { get; init; }
}

internal sealed record ContainerConfig
{
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Seconds; null: the engine's default of 10.</summary>
    public int? StopTimeout { get; init; }
}

internal sealed record ExecCreate
{
    public bool AttachStdin { get; init; }

    public bool AttachStdout { get; init; }

    public bool AttachStderr { get; init; }

    public bool Tty { get; init; }

    public required IReadOnlyList<string> Cmd { get; init; }

    public required IReadOnlyList<string> Env { get; init; }
}

internal sealed record ExecStart(bool Detach, bool Tty);

/// <param name="Pid">As the engine's machine numbers it; 0 before it runs.</param>
internal sealed record ExecDetails(bool Running, int? ExitCode, int Pid);

/// <summary>Answer to <c>POST /containers/{id}/wait</c>.</summary>
internal sealed record WaitResult(int StatusCode);
