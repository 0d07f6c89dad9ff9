using System.IO.Compression;
using Berth.Control.Host;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Disks;

/// <summary>A disk as it was at one moment, in an image of its own that is gone when this is disposed.</summary>
public sealed class DiskCopy : IAsyncDisposable
{
    private readonly DiskFiles _files;
    private readonly ControlOptions _options;
    private readonly TimeProvider _time;
    private readonly Disk _disk;
    private readonly string _folder;

    internal DiskCopy(DiskFiles files, ControlOptions options, TimeProvider time, Disk disk)
    {
        (_files, _options, _time, _disk) = (files, options, time, disk);
        // No disk's name begins with a point. What a kill leaves of it is removed at the next start.
        _folder = Path.Combine(options.DisksFolder, ".copy-" + Ids.Unique(time.GetUtcNow()));
    }

    private string Image => Path.Combine(_folder, "image");

    private string Mount => Path.Combine(_folder, "mount");

    /// <summary>Copies the image. Nobody may write to the disk meanwhile.</summary>
    /// <exception cref="DiskException">The copy takes too long, or the machine has no room for it.</exception>
    internal async Task TakeAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] arguments = ["--sparse=always", "--reflink=auto", _files.ImageOf(_disk.Name), Image];
        if (await HostProgram.RunAsync("cp", arguments, _options.DiskCopyLimit, _time, ct) is { } reason)
            throw new DiskException(DiskMessages.NotCopied(_disk.Name, reason));
    }

    /// <summary>Writes the disk's files as a compressed tar.</summary>
    /// <exception cref="DiskException">It broke off: what was written is no backup.</exception>
    public async Task WriteAsync(Stream target, CancellationToken ct)
    {
        var data = await _files.MountAsync(_disk, Image, Mount, ct);
        await using var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);
        await gzip.WriteAsync(new BackupHeader((int)(_disk.Size / ByteSize.GiB), _disk.FileSystem).ToBytes(), ct);
        string[] arguments = ["--create", "--sparse", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--one-file-system", "--directory", data, "--file", "-", "."];
        if (await HostProgram.RunAsync("tar", arguments, _options.DiskTransferLimit, _time, ct, (tar, token) => tar.StandardOutput.BaseStream.CopyToAsync(gzip, token)) is { } reason)
            throw new DiskException(DiskMessages.NotCopied(_disk.Name, reason));
    }

    public async ValueTask DisposeAsync()
    {
        await _files.UnmountAsync(_disk.Name, Mount, CancellationToken.None);
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
