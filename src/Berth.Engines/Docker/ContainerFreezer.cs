using Berth.Engines.Cgroups;
using Berth.Engines.Docker.Wire;

namespace Berth.Engines.Docker;

/// <summary>
/// Freezes and thaws containers. Where the engine runs on this machine that is a word written into the container's control group, which takes a hundredth of
/// the time of the engine's own <c>pause</c> and <c>unpause</c>; the engine knows nothing of it. What somebody paused there is thawed there.
/// </summary>
internal sealed class ContainerFreezer(DockerClient client, DockerEngineOptions options, TimeProvider time)
{
    private readonly CgroupTree _tree = new();

    /// <summary>Null: it does not run, runs on another machine, or is hidden from this program.</summary>
    public CgroupFreezer? GroupOf(ContainerDetails container) => FoldersOf(container) is { } folders ? CgroupFreezer.In(folders) : null;

    public bool IsFrozen(ContainerDetails container) => container.State.Paused || GroupOf(container)?.IsFrozen() == true;

    /// <summary>Null: it is frozen. Else what the engine said.</summary>
    public async Task<DockerReply?> FreezeAsync(ContainerDetails container, CancellationToken ct)
    {
        if (container.State.Paused)
            return null;
        if (FoldersOf(container) is { } folders && CgroupFreezer.In(folders) is { } group && await group.FreezeAsync(options.FreezeTimeout, time, ct))
        {
            // Nobody waits for it: a request may come meanwhile, and what it needs is fetched again.
            if (options.ReclaimFrozen)
                _ = Task.Run(() => CgroupMemory.Reclaim(folders), CancellationToken.None);
            return null;
        }
        var reply = await client.SendAsync(HttpMethod.Post, $"/containers/{container.Id}/pause", null, options.WorkTimeout, ct);
        return reply.Ok ? null : reply;
    }

    /// <summary>Null: it runs. Else what the engine said.</summary>
    public async Task<DockerReply?> ThawAsync(ContainerDetails container, CancellationToken ct)
    {
        if (!container.State.Paused)
        {
            GroupOf(container)?.Thaw();
            return null;
        }
        var reply = await client.SendAsync(HttpMethod.Post, $"/containers/{container.Id}/unpause", null, options.WorkTimeout, ct);
        return reply.Ok ? null : reply;
    }

    private CgroupFolders? FoldersOf(ContainerDetails container) =>
        // Another machine's process may have the number of any process here, but the group's name holds the container's.
        container.State.Pid > 0 && _tree.Find(container.State.Pid) is { } folders && folders.AreOf(container.Id) ? folders : null;
}
