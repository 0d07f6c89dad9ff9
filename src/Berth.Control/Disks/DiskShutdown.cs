using Berth.Control.Store;

namespace Berth.Control.Disks;

/// <summary>Unmounts everything, once no sandbox runs any more and no <c>berthd</c> either.</summary>
public static class DiskShutdown
{
    /// <exception cref="DiskException">Something on this machine still uses a disk.</exception>
    public static async Task RunAsync(DiskStore disks, ControlOptions options, TimeProvider time, CancellationToken ct)
    {
        var files = new DiskFiles(options, time);
        foreach (var disk in disks.List().Where(d => d.Lease is not null))
        {
            var used = files.Used(disk.Name, disk.Generation);
            await files.UnmountAsync(disk.Name, files.MountOf(disk.Name, disk.Generation), ct);
            disks.Release(disk.Name, disk.Generation, used);
        }
        await files.CleanUpAsync(disks.List(), ct);
    }
}
