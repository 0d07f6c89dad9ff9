using System.IO.Compression;
using Berth.Control.Host;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Disks;

/// <summary>Makes the files of a disk from a backup. Nothing is left of them if that fails; what a kill leaves is removed at the next start.</summary>
internal sealed class DiskUnpacking(DiskFiles files, ControlOptions options, TimeProvider time)
{
    /// <summary>The disk is whole and not mounted, and stands in no book yet.</summary>
    /// <param name="sizeGb">Null: as the disk had that was backed up.</param>
    /// <exception cref="DiskException">It is no backup, or does not fit.</exception>
    public async Task<Disk> RunAsync(string name, Stream backup, int? sizeGb, CancellationToken ct)
    {
        await using var tar = new GZipStream(backup, CompressionMode.Decompress, leaveOpen: true);
        try
        {
            if (await BackupHeader.ReadAsync(tar, ct) is not { } header || !DiskDefinition.FileSystems.Contains(header.FileSystem))
                throw new DiskException(DiskMessages.NoBackup(name));
            var size = sizeGb ?? header.SizeGb;
            if (size is < 1 or > DiskDefinition.MaxSizeGb)
                throw new DiskException(DiskMessages.BadSize(size, DiskDefinition.MaxSizeGb));
            var disk = new Disk { Name = name, Size = size * ByteSize.GiB, FileSystem = header.FileSystem, CreatedAt = time.GetUtcNow(), Generation = 0 };
            return disk with { Used = await FillAsync(disk, tar, ct) };
        }
        catch (InvalidDataException)
        {
            throw new DiskException(DiskMessages.NoBackup(name));
        }
    }

    /// <summary>Makes the disk and unpacks into it; returns the bytes in use.</summary>
    private async Task<long?> FillAsync(Disk disk, Stream tar, CancellationToken ct)
    {
        await files.CreateAsync(disk.Name, disk.Size, disk.FileSystem, ct);
        try
        {
            var data = await files.MountAsync(disk, disk.Generation, ct);
            try
            {
                string[] arguments = ["--extract", "--numeric-owner", "--same-permissions", "--xattrs", "--xattrs-include=*", "--directory", data, "--file", "-"];
                if (await HostProgram.RunAsync("tar", arguments, options.DiskTransferLimit, time, ct, (unpacking, token) => FeedAsync(tar, unpacking.StandardInput.BaseStream, token)) is { } reason)
                    throw new DiskException(DiskMessages.NotRestored(disk.Name, reason));
                return files.Used(disk.Name, disk.Generation);
            }
            finally
            {
                await files.UnmountAsync(disk.Name, disk.Generation, CancellationToken.None);
            }
        }
        catch
        {
            files.Delete(disk.Name);
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
