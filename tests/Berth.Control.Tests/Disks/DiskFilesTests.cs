using System.Diagnostics;
using Berth.Control.Disks;
using Berth.Control.Store;
using Berth.Model;
using Berth.Testing;

namespace Berth.Control.Tests.Disks;

public sealed class DiskFilesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disk_that_another_mount_namespace_still_has_is_not_free_until_that_ends()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/dev/loop-control"), "mounting takes root and loop devices");
        using var folder = new TemporaryFolder();
        var files = new DiskFiles(new ControlOptions { StateFolder = folder.Path, DiskFreeLimit = TimeSpan.Zero }, TimeProvider.System);
        var disk = new Disk { Name = "data", Size = 16 * ByteSize.MiB, FileSystem = "ext4", CreatedAt = DateTimeOffset.UnixEpoch, Generation = 1 };
        await files.CreateAsync(disk.Name, disk.Size, disk.FileSystem, Ct);
        var data = await files.MountAsync(disk, 1, Ct);
        var elsewhere = Directory.CreateDirectory(Path.Combine(folder.Path, "elsewhere")).FullName;
        // As a container has it that the engine has lost sight of: at a place of its own. A mount at the lease's folder would go with that folder, in every namespace.
        using var holder = Process.Start(new ProcessStartInfo("unshare", ["--mount", "sh", "-c", "mount --bind \"$0\" \"$1\" && echo holding; exec sleep 600", data, elsewhere]) { RedirectStandardOutput = true })!;
        Assert.Equal("holding", await holder.StandardOutput.ReadLineAsync(Ct));
        await files.UnmountAsync(disk.Name, 1, Ct);

        var refused = await Assert.ThrowsAsync<DiskException>(() => files.WaitFreeAsync(disk.Name, Ct));
        Assert.Equal("disk-still-mounted", refused.Error.Code);
        // What the message tells to look for leads to the process.
        var device = refused.Error.Message.Split(' ').First(word => word.StartsWith("/dev/loop", StringComparison.Ordinal));
        Assert.Contains($" {device} ", await File.ReadAllTextAsync($"/proc/{holder.Id}/mountinfo", Ct), StringComparison.Ordinal);

        holder.Kill();
        await holder.WaitForExitAsync(Ct);
        await new DiskFiles(new ControlOptions { StateFolder = folder.Path }, TimeProvider.System).WaitFreeAsync(disk.Name, Ct);
    }
}
