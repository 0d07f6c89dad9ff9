using System.Collections.Concurrent;
using Berth.Control.Store;
using Berth.Model;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Disks;

/// <summary>
/// Which sandbox has which disk. A disk is mounted as long as it is leased, and leased to one sandbox: its lease is taken from it only once the engine
/// shows that sandbox as ended or not at all. One disk's steps are taken one after the other. Thread-safe.
/// </summary>
internal sealed partial class DiskAttachments(DiskStore disks, DiskFiles files, IEngine engine, TimeProvider time, ILogger<DiskAttachments> log)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new(StringComparer.Ordinal);

    /// <summary>Sandboxes that have their disks, but that the engine may not show yet.</summary>
    private readonly ConcurrentDictionary<string, bool> _starting = new(StringComparer.Ordinal);

    /// <summary>Leases and mounts the disks for a sandbox that is about to start; those that do not exist are made. The result is disposed once the start has ended, well or not.</summary>
    /// <exception cref="DiskException">One of them cannot be had. Those that were are the sandbox's until <see cref="ReleaseAsync"/>.</exception>
    public async Task<Attachment> AttachAsync(SandboxSpec sandbox, IReadOnlyList<DiskDefinition> wanted, CancellationToken ct)
    {
        var attachment = new Attachment(() => _starting.TryRemove(sandbox.Id, out _));
        if (wanted.Count == 0)
            return attachment;
        _starting[sandbox.Id] = true;
        try
        {
            foreach (var disk in wanted)
            {
                using var _ = await LockAsync(disk.Name, ct);
                attachment.Mounts.Add(new(await AttachOneAsync_NeedsLock(sandbox, disk, ct), disk.MountPath, disk.ReadOnly));
            }
            return attachment;
        }
        catch
        {
            attachment.Dispose();
            throw;
        }
    }

    /// <summary>Unmounts and frees what a sandbox holds that has ended.</summary>
    public async Task ReleaseAsync(string sandbox, CancellationToken ct)
    {
        foreach (var held in disks.List().Where(d => d.Lease?.Sandbox == sandbox))
        {
            using var _ = await LockAsync(held.Name, ct);
            if (disks.Find(held.Name) is { } disk && disk.Lease?.Sandbox == sandbox)
                await ReleaseOneAsync_NeedsLock(disk, ct);
        }
    }

    /// <summary>Frees the disks whose sandboxes have ended, and unmounts and removes what a kill left of leases, copies and disks in the making.</summary>
    /// <param name="alone">Nothing else works on disks: at a start.</param>
    public async Task SweepAsync(bool alone, CancellationToken ct)
    {
        foreach (var held in disks.List().Where(d => d.Lease is not null))
        {
            try
            {
                using var _ = await LockAsync(held.Name, ct);
                if (disks.Find(held.Name) is { Lease: { } lease } disk && !await IsAliveAsync(lease, ct))
                    await ReleaseOneAsync_NeedsLock(disk, ct);
            }
            catch (DiskException e)
            {
                // It must not keep the others, or berthd, from starting: whoever wants this disk is told.
                LogKept(e.Message);
            }
        }
        if (!alone)
            return;
        try
        {
            await files.CleanUpAsync(disks.List(), ct);
        }
        catch (Exception e) when (e is DiskException or IOException)
        {
            LogKept(e.Message);
        }
    }

    /// <summary>Keeps all others from the disk until the result is disposed.</summary>
    public async Task<IDisposable> LockAsync(string disk, CancellationToken ct)
    {
        var one = _locks.GetOrAdd(disk, _ => new SemaphoreSlim(1));
        await one.WaitAsync(ct);
        return new Held(one);
    }

    /// <summary>Makes a disk that is not there.</summary>
    public async Task<Disk> CreateAsync_NeedsLock(string name, int sizeGb, string fileSystem, CancellationToken ct)
    {
        var disk = new Disk { Name = name, Size = sizeGb * ByteSize.GiB, FileSystem = fileSystem, CreatedAt = time.GetUtcNow(), Generation = 0 };
        await files.CreateAsync(name, disk.Size, fileSystem, ct);
        disks.Add(disk);
        LogMade(name, sizeGb, fileSystem);
        return disk;
    }

    private async Task<string> AttachOneAsync_NeedsLock(SandboxSpec sandbox, DiskDefinition wanted, CancellationToken ct)
    {
        var disk = disks.Find(wanted.Name);
        if (disk is null && wanted.SizeGb == 0)
            throw new DiskException(DiskMessages.MustExist(wanted.Name));
        disk ??= await CreateAsync_NeedsLock(wanted.Name, wanted.SizeGb, wanted.FileSystem, ct);
        if (disk.Lease is { } old)
        {
            if (await IsAliveAsync(old, ct))
                throw new DiskException(DiskMessages.InUse(disk.Name, old));
            await files.UnmountAsync(disk.Name, disk.Generation, ct);
        }
        await files.WaitFreeAsync(disk.Name, ct);
        // Written before it is mounted: whatever happens next, nobody else mounts it meanwhile.
        if (disks.TryLease(disk, new(sandbox.Id, sandbox.App, time.GetUtcNow())) is not { } generation)
            throw new DiskException(DiskMessages.TakenMeanwhile(disk.Name));
        return await files.MountAsync(disk, generation, ct);
    }

    private async Task ReleaseOneAsync_NeedsLock(Disk disk, CancellationToken ct)
    {
        var used = files.Used(disk.Name, disk.Generation);
        await files.UnmountAsync(disk.Name, disk.Generation, ct);
        disks.Release(disk.Name, disk.Generation, used);
    }

    /// <summary>Made but not started counts too: its start may be under way in the engine. The planner collects it soon.</summary>
    private async Task<bool> IsAliveAsync(DiskLease lease, CancellationToken ct) =>
        _starting.ContainsKey(lease.Sandbox)
        || (await engine.ListSandboxesAsync(lease.App, ct)).Any(s => s.Id == lease.Sandbox && s.State != SandboxState.Exited);

    [LoggerMessage(LogLevel.Information, "Disk {Disk} made: {SizeGb} GB, {FileSystem}")]
    private partial void LogMade(string disk, int sizeGb, string fileSystem);

    [LoggerMessage(LogLevel.Warning, "Left as it is for now: {Reason}")]
    private partial void LogKept(string reason);

    private sealed class Held(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}

/// <summary>The disks of a sandbox while it starts: until this is disposed it counts as alive.</summary>
internal sealed class Attachment(Action dispose) : IDisposable
{
    public List<FolderMount> Mounts { get; } = [];

    public void Dispose() => dispose();
}
