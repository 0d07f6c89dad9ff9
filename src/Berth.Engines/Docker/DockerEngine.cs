using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// Sandboxes as containers of one Docker Engine. A container has its sandbox's id as name and Berth's labels, and one more runs each of its sidecars; one without this Berth's
/// owner label is neither listed nor touched. Safe for use by many callers at once.
/// </summary>
public sealed class DockerEngine : IEngine, IDisposable
{
    private readonly DockerClient _client;
    private readonly DockerEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ContainerFreezer _freezer;
    private readonly SandboxListing _listing;
    private readonly SidecarContainers _sidecars;
    private readonly DockerNetworks _networks;

    public DockerEngine(DockerEngineOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _client = new DockerClient(options, time);
        _freezer = new ContainerFreezer(_client, options, time);
        _listing = new SandboxListing(_client, options, _freezer);
        _sidecars = new SidecarContainers(_client, options, _listing, _freezer);
        _networks = new DockerNetworks(_client, options);
    }

    public Task<IReadOnlyList<SandboxStatus>> ListSandboxesAsync(string? app, CancellationToken ct) => _listing.ListAsync(app, ct);

    public Task EnsureNetworkAsync(AppNetwork network, CancellationToken ct) => _networks.EnsureAsync(network, ct);

    public Task RemoveNetworkAsync(string app, CancellationToken ct) => _networks.RemoveAsync(app, ct);

    public Task<IReadOnlyList<string>> ListNetworksAsync(CancellationToken ct) => _networks.ListAppsAsync(ct);

    public async Task StartSandboxAsync(SandboxSpec spec, CancellationToken ct)
    {
        var created = await CreateAsync(spec, ContainerPlan.For(spec, _options), ct);
        if (!created.Ok && created.Status != HttpStatusCode.Conflict)
            throw await CreateFailureAsync(spec, created, ct);

        // Also of one just made: another step may have removed it meanwhile, and a name that was taken must be ours.
        var container = await FindAsync(spec.Id, ct) ?? throw created.Failure($"create sandbox \"{spec.Id}\"");
        if (_freezer.IsFrozen(container))
            return;
        // Before anything runs: what is missing shows now.
        await _sidecars.CreateAsync(spec, container.Id, ct);
        _listing.Changing(container.Id);
        var started = await WorkAsync(HttpMethod.Post, $"/containers/{container.Id}/start", null, ct);
        if (!started.Ok && started.Status != HttpStatusCode.NotModified)
            throw await StartFailureAsync(spec, started, ct);
        if (spec.Sidecars.Count > 0)
            await _sidecars.StartAsync(spec, async () => await FindAsync(spec.Id, ct) is { State.Status: "running" }, ct);
    }

    public async Task StopSandboxAsync(string id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } container)
            return;
        // A frozen process gets no signal: it would be killed at the end of the stop timeout without having seen SIGTERM.
        if (_freezer.IsFrozen(container))
            await ThawSandboxAsync(id, ct);
        var limit = _options.WorkTimeout + TimeSpan.FromSeconds(container.Config.StopTimeout ?? 10);
        var reply = await _client.SendAsync(HttpMethod.Post, $"/containers/{container.Id}/stop", null, limit, ct);
        if (!reply.Ok && reply.Status is not (HttpStatusCode.NotModified or HttpStatusCode.NotFound))
            throw reply.Failure($"stop sandbox \"{id}\"");
        // Last, so that what ends can still use them.
        if (HasSidecars(container))
            await _sidecars.StopAsync(id, limit, ct);
    }

    public async Task SignalSandboxAsync(string id, string signal, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } container || _freezer.IsFrozen(container))
            return;
        var reply = await WorkAsync(HttpMethod.Post, $"/containers/{container.Id}/kill?signal=SIG{signal}", null, ct);
        // A conflict says that it has ended.
        if (!reply.Ok && reply.Status is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict))
            throw reply.Failure($"send {signal} to sandbox \"{id}\"");
    }

    public async Task RemoveSandboxAsync(string id, CancellationToken ct)
    {
        var container = await FindAsync(id, ct);
        if (container is null || HasSidecars(container))
            await _sidecars.RemoveAsync(id, ct);
        if (container is null)
            return;
        var reply = await WorkAsync(HttpMethod.Delete, $"/containers/{container.Id}?force=1&v=1", null, ct);
        // A conflict says that its removal is under way.
        if (!reply.Ok && reply.Status is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict))
            throw reply.Failure($"remove sandbox \"{id}\"");
    }

    public async Task FreezeSandboxAsync(string id, CancellationToken ct)
    {
        var container = await GetAsync(id, ct);
        if (await _freezer.FreezeAsync(container, ct) is { } refusal && !_freezer.IsFrozen(await GetAsync(id, ct)))
            throw refusal.Failure($"freeze sandbox \"{id}\"");
        // What waits for an answer of a frozen one must not run.
        if (HasSidecars(container))
            await _sidecars.FreezeAsync(id, ct);
    }

    public async Task ThawSandboxAsync(string id, CancellationToken ct)
    {
        // Somebody waits: the engine is only asked where it has something to say.
        if (_listing.FrozenGroupOf(id)?.Thaw() == true)
            return;
        var container = await GetAsync(id, ct);
        if (container.State is { Paused: false, Status: not "running" })
            throw new EngineException(EngineError.Conflict, EngineMessages.SandboxNotRunning(id, container.State.Status));
        if (HasSidecars(container))
            await _sidecars.ThawAsync(id, ct);
        if (await _freezer.ThawAsync(container, ct) is { } refusal && (await GetAsync(id, ct)).State.Status != "running")
            throw refusal.Failure($"thaw sandbox \"{id}\"");
    }

    public async IAsyncEnumerable<LogChunk> ReadLogsAsync(string id, DateTimeOffset? since, bool follow, [EnumeratorCancellation] CancellationToken ct)
    {
        var container = await GetAsync(id, ct);
        var files = follow && !string.IsNullOrEmpty(container.LogPath) && new JsonLogFiles(container.LogPath, _time) is { CanRead: true } readable ? readable : null;
        DateTimeOffset? last = null;
        var repeats = new LogRepeats();
        for (var isBurst = true; isBurst;)
        {
            var burst = new LogBurst(_time);
            isBurst = false;
            await foreach (var chunk in ReadEngineLogsAsync(id, container.Id, last ?? since, follow, ct))
            {
                // The engine's "since" includes the moment itself.
                if (chunk.Time <= last || repeats.IsRepeat(chunk))
                    continue;
                yield return chunk;
                // In the middle of a line its other parts, which have the same time, would be left out.
                if (files is not null && burst.Count() && chunk.Bytes.Span[^1] == '\n')
                {
                    (isBurst, last) = (true, chunk.Time);
                    break;
                }
            }
            if (!isBurst)
                break;
            await foreach (var chunk in files!.ReadAsync(last!.Value, ct))
            {
                yield return chunk;
                last = chunk.Time;
            }
        }
    }

    private async IAsyncEnumerable<LogChunk> ReadEngineLogsAsync(string id, string containerId, DateTimeOffset? since, bool follow, [EnumeratorCancellation] CancellationToken ct)
    {
        var path = $"/containers/{containerId}/logs?stdout=1&stderr=1&timestamps=1&follow={(follow ? 1 : 0)}";
        if (since is { } from)
            path += "&since=" + UnixTime(from);
        using var answer = await _client.OpenAsync(HttpMethod.Get, path, null, ct);
        if (answer.Refusal is { } refusal)
            throw refusal.Failure($"read the logs of sandbox \"{id}\"");
        await foreach (var chunk in LogFrames.ReadStampedAsync(answer.ReadAsync, ct))
            yield return chunk;
    }

    public async Task<IExecSession> ExecAsync(string id, ExecSpec spec, CancellationToken ct)
    {
        var container = await GetAsync(id, ct);
        // The command would wait in there until somebody else thaws it.
        if (_freezer.IsFrozen(container))
            throw new EngineException(EngineError.Conflict, EngineMessages.SandboxFrozen(id));
        var body = DockerClient.Json(new ExecCreate
        {
            AttachStdin = spec.AttachStdin,
            AttachStdout = true,
            AttachStderr = true,
            Tty = spec.Tty,
            Cmd = spec.Command,
            Env = [.. spec.Env.Select(e => $"{e.Key}={e.Value}")],
        }, DockerJson.Default.ExecCreate);
        var reply = await _client.SendAsync(HttpMethod.Post, $"/containers/{container.Id}/exec", body, _options.CallTimeout, ct);
        if (!reply.Ok)
            throw reply.Failure($"run a command in sandbox \"{id}\"");
        var exec = reply.Read(DockerJson.Default.Created).Id;
        var connection = await _client.HijackAsync($"/exec/{exec}/start", new ExecStart(Detach: false, spec.Tty), DockerJson.Default.ExecStart, ct);
        if (connection.Refusal is { } refusal)
            throw refusal.Failure($"run a command in sandbox \"{id}\"");
        return new DockerExecSession(_client, connection, $"/exec/{exec}", ExitCodeOfExec, PidOfExec, spec.Tty, _options.CallTimeout, _time);
    }

    public async Task<IExecSession> RunSandboxAsync(SandboxSpec spec, bool tty, CancellationToken ct)
    {
        var created = await CreateAsync(spec, ContainerPlan.For(spec, _options) with { Tty = tty, OpenStdin = true, StdinOnce = true }, ct);
        if (!created.Ok)
            throw await CreateFailureAsync(spec, created, ct);
        var path = $"/containers/{created.Read(DockerJson.Default.Created).Id}";
        var connection = await _client.HijackAsync(path + "/attach?stream=1&stdin=1&stdout=1&stderr=1", new EmptyObject(), DockerJson.Default.EmptyObject, ct);
        if (connection.Refusal is { } refusal)
            throw refusal.Failure($"attach to sandbox \"{spec.Id}\"");
        var started = await WorkAsync(HttpMethod.Post, path + "/start", null, ct);
        if (started.Ok)
            return new DockerExecSession(_client, connection, path, ExitCodeOfContainer, pid: null, tty, _options.CallTimeout, _time);
        connection.Dispose();
        throw await StartFailureAsync(spec, started, ct);
    }

    /// <remarks>Events count from the moment of the first read, not from when the engine has answered: a listing begun after that read misses nothing.</remarks>
    public async IAsyncEnumerable<EngineEvent> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var filter = DockerFilter.Owned(_options.Owner, null,
            [("type", ["container"]), ("event", ["start", "die", "oom", "pause", "unpause", "destroy"])]);
        using var answer = await _client.OpenAsync(HttpMethod.Get, $"/events?since={UnixTime(_time.GetUtcNow())}&filters={filter}", null, ct);
        if (answer.Refusal is { } refusal)
            throw refusal.Failure("watch the engine's events");
        await foreach (var message in answer.ReadJsonAsync(DockerJson.Default.EventMessage, ct))
        {
            if (message is not { Action: { } action, Actor.Attributes: { } labels }
                || !labels.TryGetValue(Labels.App, out var app) || !labels.TryGetValue(Labels.Sandbox, out var sandbox))
                continue;
            // The engine tells of an end while it still cleans up, and lists the container as running until that is done. It keeps the
            // container locked meanwhile, so a look at this one returns no sooner than a listing tells the truth.
            if (action == "die")
                await FindAsync(labels.GetValueOrDefault("name", sandbox), ct);
            yield return new EngineEvent(app, sandbox, action);
        }
        throw _client.Unreachable(new EndOfStreamException(EngineMessages.EventsEnded(_options.Socket)));
    }

    public async Task<EngineInfo> InfoAsync(CancellationToken ct)
    {
        var reply = await _client.GetAsync("/version", ct);
        if (!reply.Ok)
            throw reply.Failure("ask the engine's version");
        var version = reply.Read(DockerJson.Default.VersionDetails);
        return new EngineInfo("docker", version.Version, version.Arch);
    }

    public async Task<EngineState> StateAsync(CancellationToken ct)
    {
        var info = await _client.GetAsync("/info", ct);
        if (!info.Ok)
            throw info.Failure("ask the engine's state");
        var engine = info.Read(DockerJson.Default.EngineDetails);
        var listing = await _client.GetAsync("/containers/json", ct);
        if (!listing.Ok)
            throw listing.Failure("list all containers");
        var published =
            from container in listing.Read(DockerJson.Default.IReadOnlyListContainerSummary)
            from port in container.Ports ?? []
            where port.PublicPort > 0
            select new PublishedPort(container.Names is [var name, ..] ? name.TrimStart('/') : container.Id, port.Address ?? IPAddress.Any.ToString(), port.PublicPort ?? 0, port.Type);
        return new EngineState(engine.SystemTime ?? _time.GetUtcNow(), engine.CgroupVersion, [.. published], [.. EngineWarnings.Unguarded(engine.Warnings ?? [])]);
    }

    public void Dispose() => _client.Dispose();

    private Task<DockerReply> CreateAsync(SandboxSpec spec, ContainerCreate plan, CancellationToken ct) =>
        WorkAsync(HttpMethod.Post, $"/containers/create?name={Uri.EscapeDataString(spec.Id)}", DockerClient.Json(plan, DockerJson.Default.ContainerCreate), ct);

    private static int? ExitCodeOfExec(DockerReply reply) =>
        reply.Read(DockerJson.Default.ExecDetails) is { Running: false } exec ? exec.ExitCode : null;

    private static int? PidOfExec(DockerReply reply) =>
        reply.Read(DockerJson.Default.ExecDetails) is { Running: true, Pid: > 0 } exec ? exec.Pid : null;

    private static int? ExitCodeOfContainer(DockerReply reply) =>
        reply.Read(DockerJson.Default.ContainerDetails).State is { Status: "exited" or "dead" } state ? state.ExitCode : null;

    private Task<DockerReply> WorkAsync(HttpMethod method, string path, HttpContent? body, CancellationToken ct) =>
        _client.SendAsync(method, path, body, _options.WorkTimeout, ct);

    private static bool HasSidecars(ContainerDetails container) => container.Config.Labels?.ContainsKey(Labels.Sidecars) == true;

    private async Task<ContainerDetails> GetAsync(string id, CancellationToken ct) =>
        await FindAsync(id, ct) ?? throw new EngineException(EngineError.NotFound, EngineMessages.NoSuchSandbox(id));

    /// <summary>The sandbox's container; null if there is none of this name.</summary>
    private async Task<ContainerDetails?> FindAsync(string id, CancellationToken ct)
    {
        // Nothing that could change the path, such as "..", and nothing that the engine would not take as a name.
        if (id.Length < 2 || !char.IsAsciiLetterOrDigit(id[0]) || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            return null;
        var reply = await _client.GetAsync($"/containers/{id}/json", ct);
        if (reply.Status == HttpStatusCode.NotFound)
            return null;
        if (!reply.Ok)
            throw reply.Failure($"look at sandbox \"{id}\"");
        var container = reply.Read(DockerJson.Default.ContainerDetails);
        // The engine also finds by the beginning of a container's own id.
        if (container.Name != "/" + id)
            return null;
        return container.Config.Labels?.GetValueOrDefault(Labels.Owner) == _options.Owner
            ? container
            : throw new EngineException(EngineError.Conflict, EngineMessages.NotOurs("container", id));
    }

    /// <summary>Whether the image is the reason is found out by asking for it: the engine's 404 only says that something is missing.</summary>
    private async Task<EngineException> CreateFailureAsync(SandboxSpec spec, DockerReply reply, CancellationToken ct)
    {
        if (reply.Status == HttpStatusCode.NotFound)
        {
            var image = await _client.GetAsync($"/images/{Uri.EscapeDataString(spec.ImageId)}/json", ct);
            if (image.Status == HttpStatusCode.NotFound)
                return new EngineException(EngineError.ImageMissing, EngineMessages.ImageGone(spec.ImageId));
        }
        return reply.Failure($"create sandbox \"{spec.Id}\"");
    }

    private async Task<EngineException> StartFailureAsync(SandboxSpec spec, DockerReply reply, CancellationToken ct)
    {
        var failure = reply.Failure($"start sandbox \"{spec.Id}\"");
        if (failure.Error == EngineError.DiskFull || await FindAsync(spec.Id, ct) is null)
            return failure;
        var command = spec.Command is { Count: > 0 } words ? $"\"{string.Join(' ', words)}\"" : "the image's own command";
        return new EngineException(EngineError.StartFailed, EngineMessages.StartFailed(spec.Id, command, reply.Reason));
    }

    private static string UnixTime(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        return string.Create(CultureInfo.InvariantCulture, $"{ticks / TimeSpan.TicksPerSecond}.{ticks % TimeSpan.TicksPerSecond * 100:D9}");
    }
}
