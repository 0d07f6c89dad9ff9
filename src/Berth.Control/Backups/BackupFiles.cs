using System.Globalization;
using Berth.Control.Disks;
using Berth.Control.Host;
using Berth.Control.Store;

namespace Berth.Control.Backups;

/// <summary>Backups as files on the server: each is there as a whole and on stable storage, or not at all.</summary>
internal sealed class BackupFiles(ControlOptions options, TimeProvider time)
{
    private const string Ending = ".tar.gz";

    /// <summary>What a kill leaves is hidden, has this ending, and is removed at the next start.</summary>
    private const string Half = ".half";

    private const string Moment = "yyyyMMdd-HHmmssfff";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string FolderOf(BackupSchedule schedule) => schedule.Folder ?? options.BackupsFolder;

    public static string IdOf(string disk, DateTimeOffset at) => $"{disk}-{at.UtcDateTime.ToString(Moment, CultureInfo.InvariantCulture)}";

    public static string PathOf(string folder, string id) => Path.Combine(folder, id + Ending);

    /// <summary>Writes the copy to <paramref name="path"/>; returns its size.</summary>
    /// <exception cref="DiskException">The copy could not be read, or what was written not be made durable.</exception>
    public async Task<long> WriteAsync(DiskCopy copy, string path, CancellationToken ct)
    {
        var folder = Path.GetDirectoryName(path)!;
        var half = Path.Combine(folder, $".{Path.GetFileName(path)}{Half}");
        try
        {
            long size;
            await using (var file = new FileStream(half, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Private }))
            {
                await copy.WriteAsync(file, ct);
                await file.FlushAsync(ct);
                file.Flush(flushToDisk: true);
                size = file.Length;
            }
            File.Move(half, path);
            // The name, too, has to outlive a power cut: older backups are removed because of it.
            if (await HostProgram.RunAsync("sync", [folder], options.DiskProgramLimit, time, ct) is { } reason)
                throw new IOException(reason);
            return size;
        }
        catch
        {
            File.Delete(half);
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Removes what a kill left half written, and returns the backups of the schedule's disk that are whole but not among the <paramref name="known"/>.</summary>
    public IReadOnlyList<Backup> CleanUp(BackupSchedule schedule, IReadOnlyList<Backup> known)
    {
        var folder = FolderOf(schedule);
        if (!Directory.Exists(folder))
            return [];
        foreach (var half in Directory.EnumerateFiles(folder, $".{schedule.Disk}-*{Ending}{Half}"))
            File.Delete(half);
        return [.. Directory.EnumerateFiles(folder, $"{schedule.Disk}-*{Ending}").Where(path => known.All(b => b.Path != path)).Select(path => Found(schedule.Disk, path)).OfType<Backup>()];
    }

    private static Backup? Found(string disk, string path)
    {
        var id = Path.GetFileName(path)[..^Ending.Length];
        return DateTimeOffset.TryParseExact(id[(disk.Length + 1)..], Moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? new() { Id = id, Disk = disk, At = at, Path = path, Size = new FileInfo(path).Length }
            : null;
    }
}
