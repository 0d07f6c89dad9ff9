using Berth.Control.Disks;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>What a person does to disks. They belong to the whole Berth, by name, and to no app.</summary>
public sealed class DiskOperations
{
    private readonly DiskStore _disks;
    private readonly DiskFiles _files;
    private readonly DiskAttachments _attachments;

    internal DiskOperations(DiskStore disks, DiskFiles files, DiskAttachments attachments) => (_disks, _files, _attachments) = (disks, files, attachments);

    /// <summary>With what is in use of them now.</summary>
    public IReadOnlyList<Disk> List() => [.. _disks.List().Select(d => d.Lease is null ? d : d with { Used = _files.Used(d.Name, d.Generation) ?? d.Used })];

    public async Task<Outcome<Disk>> CreateAsync(string name, int sizeGb, string? fileSystem, CancellationToken ct)
    {
        fileSystem ??= DiskDefinition.FileSystems[0];
        if (Problem(name, sizeGb, fileSystem) is { } problem)
            return problem;
        using var _ = await _attachments.LockAsync(name, ct);
        if (_disks.Find(name) is not null)
            return DiskMessages.Exists(name);
        return await TryAsync(() => _attachments.CreateAsync_NeedsLock(name, sizeGb, fileSystem, ct));
    }

    public async Task<Outcome<Disk>> DeleteAsync(string name, CancellationToken ct)
    {
        if (_disks.Find(name) is null)
            return DiskMessages.NotFound(name);
        using var _ = await _attachments.LockAsync(name, ct);
        if (_disks.Find(name) is not { } disk)
            return DiskMessages.NotFound(name);
        if (disk.Lease is { } lease)
            return DiskMessages.Leased(name, lease);
        // Away from the books first: a kill in between leaves files that the next start removes, and never a disk without its files.
        _disks.Remove(name);
        _files.Delete(name);
        return disk;
    }

    private static OperationError? Problem(string name, int sizeGb, string fileSystem)
    {
        if (!Names.IsDisk(name))
            return DiskMessages.BadName(name, Names.MaxDiskLength);
        if (sizeGb is < 1 or > DiskDefinition.MaxSizeGb)
            return DiskMessages.BadSize(sizeGb, DiskDefinition.MaxSizeGb);
        return DiskDefinition.FileSystems.Contains(fileSystem) ? null : DiskMessages.BadFileSystem(fileSystem, DiskDefinition.FileSystems);
    }

    private static async Task<Outcome<T>> TryAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (DiskException e)
        {
            return e.Error;
        }
    }
}
