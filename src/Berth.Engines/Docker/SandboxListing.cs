using System.Collections.Concurrent;
using System.Globalization;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// Sees what runs. One call lists all; times and exit codes are not in it, so each container is looked up once for each state it is seen
/// in, and that is remembered by the container's id. A listing of a thousand unchanged sandboxes is thus one call.
/// </summary>
internal sealed class SandboxListing(DockerClient client, DockerEngineOptions options)
{
    private readonly ConcurrentDictionary<string, (string State, ContainerDetails Details)> _known = new();

    public async Task<IReadOnlyList<SandboxStatus>> ListAsync(string? app, CancellationToken ct)
    {
        var filter = DockerFilter.Owned(options.Owner, app, [("label", [Labels.Sandbox])]);
        var reply = await client.GetAsync($"/containers/json?all=1&filters={filter}", ct);
        if (!reply.Ok)
            throw reply.Failure("list the sandboxes");
        var containers = reply.Read(DockerJson.Default.IReadOnlyListContainerSummary);
        if (app is null)
            Forget(containers);

        var found = new SandboxStatus?[containers.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.ParallelLookups, CancellationToken = ct };
        await Parallel.ForAsync(0, containers.Count, parallel, async (i, token) =>
        {
            if (await DetailsAsync(containers[i], token) is { } details)
                found[i] = Status(containers[i], details);
        });
        return [.. found.OfType<SandboxStatus>()];
    }

    /// <summary>To be called before a container is started: its next state may have the name of the last.</summary>
    public void Changing(string containerId) => _known.TryRemove(containerId, out _);

    /// <summary>Null if it is gone meanwhile.</summary>
    private async Task<ContainerDetails?> DetailsAsync(ContainerSummary container, CancellationToken ct)
    {
        if (_known.TryGetValue(container.Id, out var known) && known.State == container.State)
            return known.Details;
        var reply = await client.GetAsync($"/containers/{container.Id}/json", ct);
        if (reply.Status == System.Net.HttpStatusCode.NotFound)
            return null;
        if (!reply.Ok)
            throw reply.Failure($"look at container {container.Id}");
        var details = reply.Read(DockerJson.Default.ContainerDetails);
        // A created one may turn into one that failed to start, which is called "created" too. One that moved on
        // since the listing is shown as it is now, and looked up again next time.
        if (container.State != "created" && details.State.Status == container.State)
            _known[container.Id] = (container.State, details);
        return details;
    }

    private void Forget(IReadOnlyList<ContainerSummary> present)
    {
        if (_known.Count <= present.Count)
            return;
        var ids = present.Select(c => c.Id).ToHashSet();
        foreach (var id in _known.Keys)
            if (!ids.Contains(id))
                _known.TryRemove(id, out _);
    }

    private static SandboxStatus? Status(ContainerSummary container, ContainerDetails details)
    {
        var seen = details.State;
        if (container.Labels is not { } labels || !labels.TryGetValue(Labels.Sandbox, out var id) || !labels.TryGetValue(Labels.App, out var app))
            return null;
        var startError = string.IsNullOrEmpty(seen.Error) ? null : seen.Error;
        var state = StateOf(seen.Status, startError);
        bool alive = state is SandboxState.Running or SandboxState.Frozen;
        var endpoint = alive ? container.NetworkSettings?.Networks?.Values.FirstOrDefault(e => !string.IsNullOrEmpty(e.IPAddress)) : null;
        return new SandboxStatus
        {
            Id = id,
            App = app,
            ReleaseId = labels.GetValueOrDefault(Labels.Release, ""),
            Service = labels.GetValueOrDefault(Labels.Service, ""),
            PoolId = labels.GetValueOrDefault(Labels.Pool, ""),
            Role = RoleNames.Parse(labels.GetValueOrDefault(Labels.Role)),
            State = state,
            Address = endpoint?.IPAddress,
            PrefixLength = endpoint?.IPPrefixLen ?? 0,
            Port = int.TryParse(labels.GetValueOrDefault(Labels.Port), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null,
            Quiet = QuietOf(labels.GetValueOrDefault(Labels.Quiet)),
            Pid = alive && seen.Pid > 0 ? seen.Pid : null,
            ExitCode = state == SandboxState.Exited ? seen.ExitCode : null,
            OutOfMemory = seen.OomKilled,
            StartError = startError,
            CreatedAt = details.Created,
            StartedAt = Known(seen.StartedAt),
            FinishedAt = alive ? null : Latest(Known(seen.FinishedAt), Known(seen.StartedAt)),
        };
    }

    private static QuietStop? QuietOf(string? label) => label?.Split(' ') is [var signal, var time] && GoDuration.TryParse(time, out var duration) ? new(signal, duration) : null;

    /// <summary>One that the engine could not start stays "created" there; to Berth it has ended.</summary>
    private static SandboxState StateOf(string state, string? startError) => state switch
    {
        "created" when startError is null => SandboxState.Created,
        "running" or "restarting" => SandboxState.Running,
        "paused" => SandboxState.Frozen,
        _ => SandboxState.Exited,
    };

    /// <summary>The engine notes a start a moment after it came about; a program that ends at once has "finished" before that.</summary>
    private static DateTimeOffset? Latest(DateTimeOffset? finished, DateTimeOffset? started) => finished < started ? started : finished;

    private static DateTimeOffset? Known(DateTimeOffset time) => time.Year <= 1 ? null : time;
}
