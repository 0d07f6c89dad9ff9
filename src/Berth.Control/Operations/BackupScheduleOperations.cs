using Berth.Control.Backups;
using Berth.Control.Disks;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>What a person asks for of a schedule.</summary>
/// <param name="Keep">Null: <see cref="BackupScheduleOperations.DefaultKeep"/>.</param>
public sealed record BackupWish(string Schedule, int? Keep, string? Folder, string? Proof, string? Check, string? Service);

/// <summary>Backups that the server makes, keeps and proves by itself.</summary>
public sealed class BackupScheduleOperations
{
    public const int DefaultKeep = 7;

    private const int MaxKeep = 1000;

    private readonly Stores _stores;
    private readonly BackupRunner _runner;
    private readonly BackupOperations _backups;
    private readonly TimeProvider _time;

    internal BackupScheduleOperations(Stores stores, BackupRunner runner, BackupOperations backups, TimeProvider time) => (_stores, _runner, _backups, _time) = (stores, runner, backups, time);

    /// <summary>Its next time comes after now.</summary>
    public Outcome<BackupSchedule> Set(string disk, BackupWish wish)
    {
        if (_stores.Disks.Find(disk) is null)
            return DiskMessages.NotFound(disk);
        if (Problem(disk, wish) is { } problem)
            return problem;
        var now = _time.GetUtcNow();
        var schedule = new BackupSchedule
        {
            Disk = disk, Schedule = wish.Schedule, Keep = wish.Keep ?? DefaultKeep, Folder = wish.Folder, ProofSchedule = wish.Proof, Check = wish.Check, Service = wish.Service, Since = now, ProofSince = now,
        };
        _stores.Backups.SetSchedule(schedule);
        return schedule;
    }

    /// <summary>The backups stay.</summary>
    public OperationError? Remove(string disk)
    {
        if (_stores.Disks.Find(disk) is null)
            return DiskMessages.NotFound(disk);
        return _stores.Backups.RemoveSchedule(disk) ? null : BackupMessages.NoSchedule(disk);
    }

    /// <summary>The first time of a schedule after a moment; null: never.</summary>
    public static DateTimeOffset? Next(string schedule, DateTimeOffset since) => BackupRunner.Next(schedule, since);

    /// <summary>Makes one now, as the schedule would.</summary>
    public async Task<Outcome<Backup>> BackUpAsync(string disk, CancellationToken ct)
    {
        var found = Find(disk);
        return found.Error is { } error ? error : await _runner.BackUpAsync(found.Value, DateTimeOffset.MinValue, ct);
    }

    /// <summary>Proves the newest now. The outcome stands in it.</summary>
    public async Task<Outcome<Backup>> ProveAsync(string disk, CancellationToken ct)
    {
        var found = Find(disk);
        return found.Error is { } error ? error : await _runner.ProveAsync(found.Value, ct);
    }

    /// <summary>Makes a new disk of a backup that lies on the server.</summary>
    public async Task<Outcome<Disk>> RestoreAsync(string backup, string name, int? sizeGb, CancellationToken ct)
    {
        if (_stores.Backups.Find(backup) is not { Size: not null } found)
            return BackupMessages.NotFound(backup);
        try
        {
            await using var file = File.OpenRead(found.Path);
            return await _backups.RestoreAsync(name, file, sizeGb, ct);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return BackupMessages.NotHere(backup, found.Path);
        }
    }

    private Outcome<BackupSchedule> Find(string disk)
    {
        if (_stores.Disks.Find(disk) is null)
            return DiskMessages.NotFound(disk);
        return _stores.Backups.FindSchedule(disk) is { } schedule ? schedule : BackupMessages.NoSchedule(disk);
    }

    private static OperationError? Problem(string disk, BackupWish wish)
    {
        foreach (var schedule in new[] { wish.Schedule, wish.Proof }.OfType<string>())
        {
            if (CronSchedule.Parse(schedule, out var problem) is null)
                return BackupMessages.BadSchedule(schedule, problem!);
        }
        if (wish.Keep is < 1 or > MaxKeep)
            return BackupMessages.BadKeep(wish.Keep.Value, MaxKeep);
        if (wish.Proof is not null && string.IsNullOrWhiteSpace(wish.Check))
            return BackupMessages.CheckNeeded(disk);
        if (wish.Check is not null && wish.Proof is null)
            return BackupMessages.ProofNeeded(disk);
        return wish.Folder is { } folder ? FolderProblem(folder) : null;
    }

    /// <summary>Told now, and not at three in the morning.</summary>
    private static OperationError? FolderProblem(string folder)
    {
        if (!Path.IsPathRooted(folder) || folder.Contains('\0', StringComparison.Ordinal))
            return BackupMessages.BadFolder(folder);
        try
        {
            Directory.CreateDirectory(folder);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return BackupMessages.FolderUnusable(folder, e.Message);
        }
    }
}
