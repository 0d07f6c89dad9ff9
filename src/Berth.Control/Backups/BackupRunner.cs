using Berth.Control.Disks;
using Berth.Control.Logs;
using Berth.Control.Operations;
using Berth.Control.Store;
using Berth.Model;
using Berth.Planning.Backups;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Backups;

/// <summary>
/// Backs disks up at their times, removes what is older than is to be kept, and has the newest backups proven. One at a time, for all of them want the same disks. A time
/// counts as seen to when its backup has ended, well or not: what a kill broke off is begun again, and what came due while berthd was away is made up once, however late.
/// </summary>
internal sealed partial class BackupRunner(
    Stores stores, BackupOperations taking, BackupFiles files, RestoreProof proof, DiskFiles disks, LogStore logs, ControlOptions options, TimeProvider time, ILogger<BackupRunner> log) : IDisposable
{
    /// <summary>The service name under which they stand in the logs of the app that has the disk.</summary>
    private const string LogService = "backup";

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Takes in what a kill left. Before the first look.</summary>
    public void Resume()
    {
        foreach (var schedule in stores.Backups.ListSchedules())
        {
            try
            {
                foreach (var found in files.CleanUp(schedule, stores.Backups.List(schedule.Disk)))
                    stores.Backups.Add(found);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotCleaned(files.FolderOf(schedule), e.Message);
            }
        }
    }

    /// <summary>One look at all schedules.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var schedule in stores.Backups.ListSchedules())
        {
            if (Next(schedule.Schedule, schedule.Since) is { } due && due <= time.GetUtcNow() && await BackUpAsync(schedule, due, ct) is not { Error.Code: DiskMessages.HolderChangesCode or BackupMessages.EngineAwayCode })
                stores.Backups.SetSince(schedule, time.GetUtcNow());
            if (schedule is { ProofSchedule: { } proofs } && Next(proofs, schedule.ProofSince) <= time.GetUtcNow())
            {
                await ProveAsync(schedule, ct);
                stores.Backups.SetProofSince(schedule, time.GetUtcNow());
            }
        }
    }

    /// <summary>The first time after <paramref name="since"/>, in UTC; null: never.</summary>
    public static DateTimeOffset? Next(string schedule, DateTimeOffset since) => CronSchedule.Parse(schedule, out _)?.Next(since, TimeZoneInfo.Utc);

    /// <summary>Makes a backup now. A failure is noted among the backups; one that will be tried again soon is not.</summary>
    /// <param name="due">When it should have been; its sandbox may start or end for <see cref="ControlOptions.BackupPatience"/> from then on.</param>
    public async Task<Outcome<Backup>> BackUpAsync(BackupSchedule schedule, DateTimeOffset due, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var at = time.GetUtcNow();
            var id = BackupFiles.IdOf(schedule.Disk, at);
            var backup = new Backup { Id = id, Disk = schedule.Disk, At = at, Path = BackupFiles.PathOf(files.FolderOf(schedule), id) };
            var written = await WriteAsync(backup, ct);
            if (written.Error is { Code: DiskMessages.HolderChangesCode or BackupMessages.EngineAwayCode } passing && at - due < options.BackupPatience)
                return passing;
            backup = written.Error is { } error ? backup with { Problem = error.Message } : backup with { Size = written.Value };
            stores.Backups.Add(backup);
            Tell(schedule.Disk, backup.Problem ?? BackupMessages.BackedUp(id, written.Value), failed: backup.Problem is not null);
            Prune(schedule);
            return backup.Problem is { } problem ? BackupMessages.Failed(schedule.Disk, problem) : backup;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Restores the newest backup on trial, and notes whether it is good.</summary>
    public async Task<Outcome<Backup>> ProveAsync(BackupSchedule schedule, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (schedule.Check is not { } check)
                return BackupMessages.NoCheck(schedule.Disk);
            if (stores.Backups.List(schedule.Disk).FirstOrDefault(b => b.Size is not null) is not { } newest)
                return BackupMessages.NothingToProve(schedule.Disk);
            var problem = SpaceProblem(schedule.Disk, folder: null) ?? await proof.RunAsync(schedule, check, newest, ct);
            stores.Backups.SetProof(newest.Id, time.GetUtcNow(), problem);
            Tell(schedule.Disk, problem is null ? BackupMessages.Proven(newest.Id) : BackupMessages.NotProven(newest.Id, problem), failed: problem is not null);
            return stores.Backups.Find(newest.Id)!;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Returns the backup's size.</summary>
    private async Task<Outcome<long>> WriteAsync(Backup backup, CancellationToken ct)
    {
        var folder = Path.GetDirectoryName(backup.Path)!;
        try
        {
            Directory.CreateDirectory(folder);
            if (SpaceProblem(backup.Disk, folder) is { } full)
                return BackupMessages.Failed(backup.Disk, full) with { Message = full };
            var copied = await taking.CopyAsync(backup.Disk, ct);
            if (copied.Error is { } error)
                return error;
            await using var copy = copied.Value;
            return await files.WriteAsync(copy, backup.Path, ct);
        }
        catch (DiskException e)
        {
            return e.Error;
        }
        catch (EngineException e)
        {
            return BackupMessages.EngineAway(backup.Disk, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return BackupMessages.FolderUnusable(folder, e.Message);
        }
    }

    /// <summary>A copy and a scratch disk need what the disk has in use, and so does the backup at worst; something is left for everything else.</summary>
    /// <param name="folder">Of the backup; null: none is written.</param>
    private string? SpaceProblem(string name, string? folder)
    {
        if (stores.Disks.Find(name) is not { } disk)
            return null;
        Directory.CreateDirectory(options.DisksFolder);
        var used = disks.Used(name, disk.Generation) ?? disk.Used ?? 0;
        var (copies, backups) = (new DriveInfo(options.DisksFolder), folder is null ? null : new DriveInfo(folder));
        // Two folders of one file system show the same size.
        var needed = options.DiskReserveBytes + (copies.TotalSize == backups?.TotalSize ? 2 * used : used);
        if (copies.AvailableFreeSpace < needed)
            return BackupMessages.NoSpace(options.DisksFolder, copies.AvailableFreeSpace, needed);
        return backups?.AvailableFreeSpace < needed ? BackupMessages.NoSpace(folder!, backups.AvailableFreeSpace, needed) : null;
    }

    private void Prune(BackupSchedule schedule)
    {
        var all = stores.Backups.List(schedule.Disk);
        var views = all.Select(b => new BackupView(b.Id, Made: b.Size is not null, Here: File.Exists(b.Path), Proven: b is { ProvenAt: not null, ProofProblem: null })).ToList();
        foreach (var id in BackupRetention.Surplus(views, schedule.Keep, options.BackupFailuresKept))
        {
            var path = all.First(b => b.Id == id).Path;
            try
            {
                // Away from the books last: a kill in between leaves a line without a file, and never a file that nobody counts.
                if (File.Exists(path))
                    File.Delete(path);
                stores.Backups.Remove(id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotCleaned(path, e.Message);
            }
        }
    }

    private void Tell(string disk, string text, bool failed)
    {
        if (failed)
            LogFailed(disk, text);
        else
            LogDone(disk, text);
        if (stores.Disks.Find(disk)?.Lease is { } lease)
            logs.Append(lease.App, [new(time.GetUtcNow(), failed ? 'E' : 'S', LogService, "", $"disk {disk}: {text}")]);
    }

    [LoggerMessage(LogLevel.Information, "Disk {Disk}: {What}")]
    private partial void LogDone(string disk, string what);

    [LoggerMessage(LogLevel.Warning, "Disk {Disk}: {What}")]
    private partial void LogFailed(string disk, string what);

    [LoggerMessage(LogLevel.Warning, "Old backups in {Path} could not be removed: {Reason}")]
    private partial void LogNotCleaned(string path, string reason);
}
