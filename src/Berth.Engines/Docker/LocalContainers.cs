using System.Globalization;
using System.Net;
using Berth.Engines.Docker.Wire;
using Berth.Engines.Processes;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>A container beside local processes: no sandbox of any release, and so without a sandbox's labels, network and limits.</summary>
public sealed record LocalContainerSpec
{
    /// <summary>The engine's name for it. One that a program left behind which has ended since is replaced.</summary>
    public required string Name { get; init; }

    public required string ImageId { get; init; }

    /// <summary>Replaces the image's CMD; null: nothing does.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    public IReadOnlyList<EnvVar> Env { get; init; } = [];

    /// <summary>What it listens on; null: nothing is published.</summary>
    public int? Port { get; init; }

    /// <summary>Where <see cref="Port"/> is published, on 127.0.0.1 only.</summary>
    public required int HostPort { get; init; }
}

/// <summary>Runs containers for as long as this program runs. Safe for use by many callers at once.</summary>
public sealed class LocalContainers : IDisposable
{
    /// <summary>Holds the id of the process that runs it: one whose process is gone was left behind.</summary>
    private const string ProcessLabel = "berth.dev.process";

    private readonly DockerEngineOptions _options;
    private readonly DockerClient _client;
    private readonly TimeProvider _time;

    public LocalContainers(DockerEngineOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _client = new DockerClient(options, time);
    }

    /// <exception cref="EngineException">It cannot be started; nothing of it is left then.</exception>
    public async Task<LocalContainer> StartAsync(LocalContainerSpec spec, OutputHandler output, CancellationToken ct)
    {
        await RemoveLeftoverAsync(spec.Name, ct);
        var body = DockerClient.Json(Plan(spec), DockerJson.Default.ContainerCreate);
        var created = await WorkAsync(HttpMethod.Post, $"/containers/create?name={Uri.EscapeDataString(spec.Name)}", body, ct);
        if (!created.Ok)
            throw created.Failure($"create container \"{spec.Name}\"");
        var id = created.Read(DockerJson.Default.Created).Id;
        var started = await WorkAsync(HttpMethod.Post, $"/containers/{id}/start", null, ct);
        if (started.Ok)
            return new LocalContainer(_client, id, spec.Name, _options.WorkTimeout, output, _time);
        await WorkAsync(HttpMethod.Delete, $"/containers/{id}?force=1&v=1", null, CancellationToken.None);
        throw started.Failure($"start container \"{spec.Name}\"");
    }

    public void Dispose() => _client.Dispose();

    private ContainerCreate Plan(LocalContainerSpec spec)
    {
        var port = spec.Port is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number}/tcp") : null;
        return new ContainerCreate
        {
            Image = spec.ImageId,
            Cmd = spec.Command,
            Env = [.. spec.Env.Select(e => $"{e.Key}={e.Value}")],
            Labels = new Dictionary<string, string> { [ProcessLabel] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture) },
            ExposedPorts = port is null ? null : new Dictionary<string, EmptyObject> { [port] = new() },
            HostConfig = new HostConfig
            {
                NetworkMode = "default",
                Init = true,
                PortBindings = port is null ? null : new Dictionary<string, PortBinding[]> { [port] = [new("127.0.0.1", spec.HostPort.ToString(CultureInfo.InvariantCulture))] },
                LogConfig = ContainerPlan.LogsOf(_options),
                RestartPolicy = new RestartPolicy("no"),
            },
        };
    }

    private async Task RemoveLeftoverAsync(string name, CancellationToken ct)
    {
        var reply = await _client.GetAsync($"/containers/{Uri.EscapeDataString(name)}/json", ct);
        if (reply.Status == HttpStatusCode.NotFound)
            return;
        if (!reply.Ok)
            throw reply.Failure($"look at container \"{name}\"");
        if (reply.Read(DockerJson.Default.ContainerDetails).Config.Labels?.GetValueOrDefault(ProcessLabel) is not { } process)
            throw new EngineException(EngineError.Conflict, EngineMessages.NotOurs("container", name));
        if (Directory.Exists($"/proc/{process}"))
            throw new EngineException(EngineError.Conflict, EngineMessages.RunsElsewhere(name, process));
        await WorkAsync(HttpMethod.Delete, $"/containers/{Uri.EscapeDataString(name)}?force=1&v=1", null, ct);
    }

    private Task<DockerReply> WorkAsync(HttpMethod method, string path, HttpContent? body, CancellationToken ct) => _client.SendAsync(method, path, body, _options.WorkTimeout, ct);
}
