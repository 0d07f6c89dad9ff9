using Berth.Control.Host;
using Berth.Control.Store;

namespace Berth.Control.Disks;

/// <summary>
/// Disks as files: an image that holds a file system, sparse so that it takes only what is written, and the folder where it is mounted through a loop
/// device. Each lease's mount has a folder of its own, <c>generation-N</c>, and what a sandbox sees is the folder <c>data</c> on the
/// file system: a sandbox of an older lease finds no such path, and an engine that does not see the mount fails instead of writing beside it.
/// Every step can be taken again after a kill.
/// </summary>
internal sealed class DiskFiles(ControlOptions options, TimeProvider time)
{
    private const string Data = "data";
    private const string Lease = "generation-";
    private const string Half = "image.new";

    private static readonly TimeSpan FreePoll = TimeSpan.FromMilliseconds(50);

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>A sandbox's process need not be root. Nobody else gets here: the folders above are root's alone.</summary>
    private const UnixFileMode Everybody = Private | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes and formats the image. One that a kill left behind half made is made anew.</summary>
    public async Task CreateAsync(string disk, long size, string fileSystem, CancellationToken ct)
    {
        var half = Path.Combine(FolderOf(disk), Half);
        try
        {
            Directory.CreateDirectory(FolderOf(disk), Private);
            await using (var image = new FileStream(half, FileMode.Create, FileAccess.Write))
                image.SetLength(size);
            string[] arguments = fileSystem switch
            {
                // Nothing is kept back for root, and the journal of a fresh sparse file is zero already.
                "ext4" => ["-q", "-F", "-m", "0", "-E", "lazy_journal_init=1", half],
                _ => ["-q", "-f", half],
            };
            if (await RunAsync(disk, $"mkfs.{fileSystem}", arguments, ct) is { } reason)
                throw new DiskException(DiskMessages.NotMade(disk, reason));
            File.Move(half, ImageOf(disk), overwrite: true);
        }
        catch (Exception e) when (e is DiskException or IOException or UnauthorizedAccessException)
        {
            Delete(disk);
            throw e is DiskException ? e : new DiskException(DiskMessages.NotMade(disk, e.Message));
        }
    }

    /// <summary>Mounts the disk for a lease; returns the folder that its sandbox may see.</summary>
    public Task<string> MountAsync(Disk disk, long generation, CancellationToken ct) => MountAsync(disk, ImageOf(disk.Name), MountOf(disk.Name, generation), ct);

    /// <summary>Mounts an image of the disk: its own, or a copy.</summary>
    /// <param name="folder">Made if it is not there.</param>
    public async Task<string> MountAsync(Disk disk, string image, string folder, CancellationToken ct)
    {
        Directory.CreateDirectory(folder, Private);
        if (!await IsMountAsync(disk.Name, folder, ct))
        {
            // Two file systems with one id, a disk's and its copy's, are refused by xfs otherwise.
            var more = disk.FileSystem == "xfs" ? ",nouuid" : "";
            // What is deleted inside is given back to the machine. An image that has a loop device already gets that one.
            if (await RunAsync(disk.Name, "mount", ["-t", disk.FileSystem, "-o", "loop,noatime,nosuid,nodev,discard" + more, image, folder], ct) is { } reason)
            {
                Directory.Delete(folder);
                throw new DiskException(DiskMessages.NotMounted(disk.Name, reason));
            }
        }
        try
        {
            return DataIn(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiskException(DiskMessages.NotMounted(disk.Name, e.Message));
        }
    }

    public Task UnmountAsync(string disk, long generation, CancellationToken ct) => UnmountAsync(disk, MountOf(disk, generation), ct);

    /// <summary>Nothing happens if it is not mounted there.</summary>
    public async Task UnmountAsync(string disk, string folder, CancellationToken ct)
    {
        if (!Directory.Exists(folder))
            return;
        if (await IsMountAsync(disk, folder, ct))
        {
            // Written out now: while a container of somebody else starts, a mount may live on in it for a moment.
            await SyncAsync(disk, folder, ct);
            if (await RunAsync(disk, "umount", [folder], ct) is { } reason)
                throw new DiskException(DiskMessages.NotUnmounted(disk, reason));
        }
        Directory.Delete(folder);
    }

    /// <summary>
    /// Returns when nothing on this machine has the disk mounted any more. What is unmounted here lives on in a sandbox that the engine has lost sight of, and two databases on one file system destroy it:
    /// the engine's word is not enough.
    /// </summary>
    /// <exception cref="DiskException">Something still has it after <see cref="ControlOptions.DiskFreeLimit"/>.</exception>
    public async Task WaitFreeAsync(string disk, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var image = Path.GetFullPath(ImageOf(disk));
        // The kernel takes the loop device away with the last mount, in whatever namespace that is.
        while (Directory.EnumerateDirectories("/sys/block", "loop*").FirstOrDefault(device => IsBackedBy(device, image)) is { } device)
        {
            if (time.GetElapsedTime(started) >= options.DiskFreeLimit)
                throw new DiskException(DiskMessages.StillMounted(disk, Path.GetFileName(device), options.DiskFreeLimit));
            await Task.Delay(FreePoll, time, ct);
        }
    }

    /// <summary>Returns when all that was written to the file system is in its image.</summary>
    public async Task SyncAsync(string disk, string folder, CancellationToken ct)
    {
        if (await RunAsync(disk, "sync", ["--file-system", folder], ct) is { } reason)
            throw new DiskException(DiskMessages.NotUnmounted(disk, reason));
    }

    /// <summary>Bytes in use of a disk that is mounted for this lease; null if it is not.</summary>
    public long? Used(string disk, long generation)
    {
        var data = Path.Combine(MountOf(disk, generation), Data);
        if (!Directory.Exists(data))
            return null;
        var drive = new DriveInfo(data);
        return drive.TotalSize - drive.TotalFreeSpace;
    }

    public string FolderOf(string disk) => Path.Combine(options.DisksFolder, disk);

    public string ImageOf(string disk) => Path.Combine(FolderOf(disk), "image");

    public string MountOf(string disk, long generation) => Path.Combine(FolderOf(disk), $"{Lease}{generation}");

    /// <summary>Removes all of a disk that is not mounted.</summary>
    public void Delete(string disk)
    {
        var folder = FolderOf(disk);
        if (!Directory.Exists(folder))
            return;
        // First what makes it a disk. Then the folders, which fail where something is mounted in spite of all, instead of emptying it.
        foreach (var file in Directory.EnumerateFiles(folder))
            File.Delete(file);
        foreach (var mount in Directory.EnumerateDirectories(folder))
            Directory.Delete(mount);
        Directory.Delete(folder);
    }

    /// <summary>Unmounts and removes what a kill left: the mounts of older leases, copies, and disks that were never finished.</summary>
    public async Task CleanUpAsync(IReadOnlyList<Disk> disks, CancellationToken ct)
    {
        if (!Directory.Exists(options.DisksFolder))
            return;
        foreach (var folder in Directory.EnumerateDirectories(options.DisksFolder))
        {
            var name = Path.GetFileName(folder);
            var disk = disks.FirstOrDefault(d => d.Name == name);
            var current = disk?.Lease is null ? null : MountOf(name, disk.Generation);
            foreach (var mount in Directory.EnumerateDirectories(folder).Where(m => m != current))
                await UnmountAsync(name, mount, ct);
            foreach (var file in Directory.EnumerateFiles(folder).Where(f => disk is null || f != ImageOf(name)))
                File.Delete(file);
            if (disk is null)
                Directory.Delete(folder);
        }
    }

    private static bool IsBackedBy(string device, string image)
    {
        try
        {
            return File.ReadAllText(Path.Combine(device, "loop", "backing_file")).TrimEnd('\n') == image;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has none, or is just losing it.
            return false;
        }
    }

    /// <summary>What a sandbox may see of a file system; made on its first use.</summary>
    private static string DataIn(string mount)
    {
        var data = Path.Combine(mount, Data);
        if (!Directory.Exists(data))
        {
            Directory.CreateDirectory(data);
            File.SetUnixFileMode(data, Everybody);
        }
        return data;
    }

    private async Task<bool> IsMountAsync(string disk, string folder, CancellationToken ct) => await RunAsync(disk, "mountpoint", ["-q", folder], ct) is null;

    private async Task<string?> RunAsync(string disk, string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        try
        {
            return await HostProgram.RunAsync(program, arguments, options.DiskProgramLimit, time, ct);
        }
        catch (FileNotFoundException)
        {
            throw new DiskException(DiskMessages.ProgramMissing(disk, program, PackageOf(program)));
        }
    }

    private static string PackageOf(string program) => program switch
    {
        "mkfs.ext4" => "e2fsprogs",
        "mkfs.xfs" => "xfsprogs",
        "mkfs.btrfs" => "btrfs-progs",
        "sync" or "cp" => "coreutils",
        _ => "mount util-linux",
    };
}
