using System.IO.Compression;
using Berth.Control.Disks;
using Berth.Control.Host;
using Berth.Control.Reconciling;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>Backups of disks: taken while the sandbox stands still, and restored into disks that did not exist.</summary>
public sealed class BackupOperations
{
    private readonly DiskStore _disks;
    private readonly DiskFiles _files;
    private readonly DiskAttachments _attachments;
    private readonly SandboxActions _actions;
    private readonly IEngine _engine;
    private readonly ControlOptions _options;
    private readonly TimeProvider _time;

    internal BackupOperations(DiskStore disks, DiskFiles files, DiskAttachments attachments, SandboxActions actions, IEngine engine, ControlOptions options, TimeProvider time) =>
        (_disks, _files, _attachments, _actions, _engine, _options, _time) = (disks, files, attachments, actions, engine, options, time);

    /// <summary>The disk as it is now. Its sandbox, if it has one, is frozen for the copy and goes on before this returns.</summary>
    public async Task<Outcome<DiskCopy>> CopyAsync(string name, CancellationToken ct)
    {
        using var _ = await _attachments.LockAsync(name, ct);
        if (_disks.Find(name) is not { } disk)
            return DiskMessages.NotFound(name);
        var copy = new DiskCopy(_files, _options, _time, disk);
        try
        {
            if (disk.Lease is null)
                await copy.TakeAsync(ct);
            else if (!await TakeStillAsync(disk, disk.Lease, copy, ct))
                return await GivenUpAsync(copy, DiskMessages.HolderChanges(name, disk.Lease));
            return copy;
        }
        catch (DiskException e)
        {
            return await GivenUpAsync(copy, e.Error);
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }

    /// <param name="backup">What <see cref="DiskCopy.WriteAsync"/> wrote.</param>
    /// <param name="sizeGb">Null: as the disk had that was backed up.</param>
    public async Task<Outcome<Disk>> RestoreAsync(string name, Stream backup, int? sizeGb, CancellationToken ct)
    {
        if (!Names.IsDisk(name))
            return DiskMessages.BadName(name, Names.MaxDiskLength);
        using var _ = await _attachments.LockAsync(name, ct);
        if (_disks.Find(name) is not null)
            return DiskMessages.Exists(name);
        await using var tar = new GZipStream(backup, CompressionMode.Decompress, leaveOpen: true);
        try
        {
            if (await BackupHeader.ReadAsync(tar, ct) is not { } header || !DiskDefinition.FileSystems.Contains(header.FileSystem))
                return DiskMessages.NoBackup(name);
            var size = sizeGb ?? header.SizeGb;
            if (size is < 1 or > DiskDefinition.MaxSizeGb)
                return DiskMessages.BadSize(size, DiskDefinition.MaxSizeGb);
            var disk = new Disk { Name = name, Size = size * ByteSize.GiB, FileSystem = header.FileSystem, CreatedAt = _time.GetUtcNow(), Generation = 0 };
            disk = disk with { Used = await FillAsync(disk, tar, ct) };
            // Only a disk that is complete is one: what a kill leaves before this moment is removed at the next start.
            _disks.Add(disk);
            return disk;
        }
        catch (InvalidDataException)
        {
            return DiskMessages.NoBackup(name);
        }
        catch (DiskException e)
        {
            return e.Error;
        }
    }

    /// <summary>False if the sandbox is about to start or end.</summary>
    private async Task<bool> TakeStillAsync(Disk disk, DiskLease lease, DiskCopy copy, CancellationToken ct)
    {
        var holder = (await _engine.ListSandboxesAsync(lease.App, ct)).FirstOrDefault(s => s.Id == lease.Sandbox);
        return holder is { State: SandboxState.Running } && await _actions.StandStillAsync(holder, async token =>
        {
            await _files.SyncAsync(disk.Name, _files.MountOf(disk.Name, disk.Generation), token);
            await copy.TakeAsync(token);
        }, ct);
    }

    private static async Task<Outcome<DiskCopy>> GivenUpAsync(DiskCopy copy, OperationError error)
    {
        await copy.DisposeAsync();
        return error;
    }

    /// <summary>Makes the disk and unpacks into it; returns the bytes in use. Nothing is left of it if that fails.</summary>
    private async Task<long?> FillAsync(Disk disk, Stream tar, CancellationToken ct)
    {
        await _files.CreateAsync(disk.Name, disk.Size, disk.FileSystem, ct);
        try
        {
            var data = await _files.MountAsync(disk, disk.Generation, ct);
            try
            {
                string[] arguments = ["--extract", "--numeric-owner", "--same-permissions", "--xattrs", "--xattrs-include=*", "--directory", data, "--file", "-"];
                if (await HostProgram.RunAsync("tar", arguments, _options.DiskTransferLimit, _time, ct, (unpacking, token) => FeedAsync(tar, unpacking.StandardInput.BaseStream, token)) is { } reason)
                    throw new DiskException(DiskMessages.NotRestored(disk.Name, reason));
                return _files.Used(disk.Name, disk.Generation);
            }
            finally
            {
                await _files.UnmountAsync(disk.Name, disk.Generation, CancellationToken.None);
            }
        }
        catch
        {
            _files.Delete(disk.Name);
            throw;
        }
    }

    private static async Task FeedAsync(Stream from, Stream to, CancellationToken ct)
    {
        var buffer = new byte[128 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, ct)) > 0)
        {
            try
            {
                await to.WriteAsync(buffer.AsMemory(0, read), ct);
            }
            catch (IOException)
            {
                // It ended before its input did: what it said is the reason.
                return;
            }
        }
    }
}
