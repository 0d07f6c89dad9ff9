using System.Collections.Concurrent;
using System.Globalization;
using Berth.Engines.Cgroups;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// Sees what runs. One call lists all; times and exit codes are not in it, so each container is looked up once for each state it is seen
/// in, and that is remembered by the container's id. A listing of a thousand unchanged sandboxes is thus one call.
/// </summary>
internal sealed class SandboxListing(DockerClient client, DockerEngineOptions options, ContainerFreezer freezer)
{
    private readonly ContainerListing _containers = new(client, options);
    private readonly ConcurrentDictionary<string, LookedUp> _known = new();

    public async Task<IReadOnlyList<SandboxStatus>> ListAsync(string? app, CancellationToken ct)
    {
        var containers = await _containers.ListAsync(app, ct);
        if (app is null)
            Forget(containers);

        var found = new Seen?[containers.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.ParallelLookups, CancellationToken = ct };
        await Parallel.ForAsync(0, containers.Count, parallel, async (i, token) =>
        {
            if (await KnowAsync(containers[i], token) is { } known)
                found[i] = See(containers[i], known);
        });
        return [.. found.OfType<Seen>().GroupBy(seen => seen.Status.Id, StringComparer.Ordinal).Select(sandbox => Together([.. sandbox]))];
    }

    /// <summary>The group by which a sandbox without sidecars is frozen. Null where the engine must be asked: no listing had the sandbox yet, it has sidecars, or no group holds it frozen.</summary>
    public CgroupFreezer? FrozenGroupOf(string sandbox) =>
        _known.Values.FirstOrDefault(known => known.Details.Name == "/" + sandbox) is { Details.State.Paused: false, Group: { } group } known && known.Details.Config.Labels?.ContainsKey(Labels.Sidecars) != true && group.IsFrozen() ? group : null;

    /// <summary>To be called before a container is started: its next state may have the name of the last.</summary>
    public void Changing(string containerId) => _known.TryRemove(containerId, out _);

    /// <summary>Null if it is gone meanwhile.</summary>
    public async Task<ContainerDetails?> LookUpAsync(ContainerSummary container, CancellationToken ct) => (await KnowAsync(container, ct))?.Details;

    private async Task<LookedUp?> KnowAsync(ContainerSummary container, CancellationToken ct)
    {
        if (_known.TryGetValue(container.Id, out var before) && before.State == container.State)
            return before;
        var reply = await client.GetAsync($"/containers/{container.Id}/json", ct);
        if (reply.Status == System.Net.HttpStatusCode.NotFound)
            return null;
        if (!reply.Ok)
            throw reply.Failure($"look at container {container.Id}");
        var details = reply.Read(DockerJson.Default.ContainerDetails);
        // A created one may turn into one that failed to start, which is called "created" too. One that moved on
        // since the listing is shown as it is now, and looked up again next time.
        var known = new LookedUp(container.State, details, freezer.GroupOf(details));
        if (container.State != "created" && details.State.Status == container.State)
            _known[container.Id] = known;
        return known;
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

    /// <summary>A sandbox out of its containers.</summary>
    private static SandboxStatus Together(IReadOnlyList<Seen> containers)
    {
        var sidecars = containers.Where(c => c.Sidecar is not null).OrderBy(c => c.Name, StringComparer.Ordinal).ToList();
        // Somebody removed its own container: the rest is no sandbox any more.
        if (containers.FirstOrDefault(c => c.Sidecar is null) is not { } main)
            return sidecars[0].Status with { State = SandboxState.Created, ExitCode = null, Pid = null };
        if (main.WantedSidecars == 0)
            return main.Status;
        var status = main.Status with { Sidecars = [.. sidecars.Select(c => new SidecarStatus(c.Name, c.Sidecar!, c.Status.State))] };
        bool alive = status.State is SandboxState.Running or SandboxState.Frozen;
        var hasStarted = sidecars.Count == main.WantedSidecars && sidecars.TrueForAll(c => c.Status is { StartedAt: not null, StartError: null });
        if (alive && !hasStarted)
            return status with { State = SandboxState.Created, Address = null, Pid = null };
        var ended = sidecars.Where(c => c.Status.State == SandboxState.Exited && (alive || c.Status.FinishedAt < status.FinishedAt)).MinBy(c => c.Status.FinishedAt);
        return ended is null ? status : alive ? status with { EndedSidecar = ended.Sidecar } : EndedBy(ended, status);
    }

    private static SandboxStatus EndedBy(Seen sidecar, SandboxStatus status) => status with
    {
        EndedSidecar = sidecar.Sidecar,
        ExitCode = sidecar.Status.ExitCode,
        OutOfMemory = sidecar.Status.OutOfMemory,
        FinishedAt = sidecar.Status.FinishedAt,
    };

    private static Seen? See(ContainerSummary container, LookedUp known)
    {
        if (Status(container, known) is not { } status)
            return null;
        int.TryParse(container.Labels!.GetValueOrDefault(Labels.Sidecars), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted);
        return new Seen(known.Details.Name.TrimStart('/'), status, container.Labels!.GetValueOrDefault(Labels.Sidecar), wanted);
    }

    private static SandboxStatus? Status(ContainerSummary container, LookedUp known)
    {
        var seen = known.Details.State;
        if (container.Labels is not { } labels || !labels.TryGetValue(Labels.Sandbox, out var id) || !labels.TryGetValue(Labels.App, out var app))
            return null;
        var startError = string.IsNullOrEmpty(seen.Error) ? null : seen.Error;
        var state = StateOf(seen.Status, startError, known.Group);
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
            CreatedAt = known.Details.Created,
            StartedAt = Known(seen.StartedAt),
            FinishedAt = alive ? null : Latest(Known(seen.FinishedAt), Known(seen.StartedAt)),
        };
    }

    private static QuietStop? QuietOf(string? label) => label?.Split(' ') is [var signal, var time] && GoDuration.TryParse(time, out var duration) ? new(signal, duration) : null;

    /// <summary>One that the engine could not start stays "created" there; to Berth it has ended.</summary>
    private static SandboxState StateOf(string state, string? startError, CgroupFreezer? group) => state switch
    {
        "created" when startError is null => SandboxState.Created,
        "running" when group?.IsFrozen() == true => SandboxState.Frozen,
        "running" or "restarting" => SandboxState.Running,
        "paused" => SandboxState.Frozen,
        _ => SandboxState.Exited,
    };

    /// <summary>The engine notes a start a moment after it came about; a program that ends at once has "finished" before that.</summary>
    private static DateTimeOffset? Latest(DateTimeOffset? finished, DateTimeOffset? started) => finished < started ? started : finished;

    private static DateTimeOffset? Known(DateTimeOffset time) => time.Year <= 1 ? null : time;

    /// <param name="State">The engine's word at the time of the look-up.</param>
    /// <param name="Group">What tells whether it is frozen now; null: only <paramref name="State"/> does.</param>
    private sealed record LookedUp(string State, ContainerDetails Details, CgroupFreezer? Group);

    /// <summary>One container of a sandbox.</summary>
    /// <param name="Status">What a sandbox of this container alone would be.</param>
    /// <param name="Sidecar">Null: it is the sandbox's own.</param>
    /// <param name="WantedSidecars">How many belong to it; 0 for a sidecar.</param>
    private sealed record Seen(string Name, SandboxStatus Status, string? Sidecar, int WantedSidecars);
}
