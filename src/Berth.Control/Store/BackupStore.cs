using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>When a disk is backed up by itself, and how its backups are tried.</summary>
public sealed record BackupSchedule
{
    public required string Disk { get; init; }

    /// <summary>Five fields, in UTC.</summary>
    public required string Schedule { get; init; }

    /// <summary>Backups that are kept, at least 1.</summary>
    public required int Keep { get; init; }

    /// <summary>Where they lie; null: <see cref="ControlOptions.BackupsFolder"/>.</summary>
    public string? Folder { get; init; }

    /// <summary>When the newest is tried; null: never by itself.</summary>
    public string? ProofSchedule { get; init; }

    /// <summary>What tries it: a command that ends with 0 if what was restored is good.</summary>
    public string? Check { get; init; }

    /// <summary>Whose sandbox tries it; null: the only service that mounts the disk.</summary>
    public string? Service { get; init; }

    /// <summary>The schedule's times after this moment are to come.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The same of the proofs.</summary>
    public required DateTimeOffset ProofSince { get; init; }
}

/// <summary>One time that a disk was backed up on the server, or should have been.</summary>
public sealed record Backup
{
    /// <summary>Its file's name without the ending: the disk and the time.</summary>
    public required string Id { get; init; }

    public required string Disk { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Path { get; init; }

    /// <summary>Bytes; null: there is none, because of <see cref="Problem"/>.</summary>
    public long? Size { get; init; }

    /// <summary>Why it was not made; null: it was.</summary>
    public string? Problem { get; init; }

    /// <summary>When its restoring succeeded last; null: never yet.</summary>
    public DateTimeOffset? ProvenAt { get; init; }

    /// <summary>When it was tried last, with whatever result; null: never yet.</summary>
    public DateTimeOffset? TriedAt { get; init; }

    /// <summary>Why the last try failed; null: it did not.</summary>
    public string? ProofProblem { get; init; }
}

/// <summary>How a disk's backups stand.</summary>
/// <param name="LastAt">Of the newest that was made; null: none is there.</param>
/// <param name="ProvenAt">When one was last proven; null: never yet.</param>
/// <param name="Problem">Why the last was not made; null: it was, or none was tried.</param>
/// <param name="ProofProblem">Why the last proof failed; null: it did not, or none was tried.</param>
public sealed record BackupSummary(DateTimeOffset? LastAt, DateTimeOffset? ProvenAt, string? Problem, string? ProofProblem);

/// <summary>Schedules of backups, which end with their disks, and the backups themselves, which do not.</summary>
public sealed class BackupStore(StateStore store)
{
    private const string ScheduleColumns = "disk, schedule, keep, folder, proof_schedule, check_command, service, since, proof_since";
    private const string Columns = "id, disk, at, path, size, problem, proven_at, tried_at, proof_problem";

    /// <summary>In place of the one before.</summary>
    public void SetSchedule(BackupSchedule schedule) => store.Write(db => db.Execute(
        $"INSERT OR REPLACE INTO backup_schedules ({ScheduleColumns}) VALUES (@disk, @schedule, @keep, @folder, @proof, @check, @service, @since, @proofSince)",
        ("@disk", schedule.Disk), ("@schedule", schedule.Schedule), ("@keep", schedule.Keep), ("@folder", schedule.Folder), ("@proof", schedule.ProofSchedule), ("@check", schedule.Check),
        ("@service", schedule.Service), ("@since", schedule.Since.ToUnixTimeMilliseconds()), ("@proofSince", schedule.ProofSince.ToUnixTimeMilliseconds())));

    /// <summary>False if there is none.</summary>
    public bool RemoveSchedule(string disk) => store.Write(db => db.Execute("DELETE FROM backup_schedules WHERE disk = @disk", ("@disk", disk)) > 0);

    /// <summary>What came due until now has been seen to. Only of the schedule that was gone by.</summary>
    public void SetSince(BackupSchedule schedule, DateTimeOffset since) => store.Write(db => db.Execute("UPDATE backup_schedules SET since = @since WHERE disk = @disk AND schedule = @schedule",
        ("@disk", schedule.Disk), ("@schedule", schedule.Schedule), ("@since", since.ToUnixTimeMilliseconds())));

    public void SetProofSince(BackupSchedule schedule, DateTimeOffset since) => store.Write(db => db.Execute("UPDATE backup_schedules SET proof_since = @since WHERE disk = @disk AND proof_schedule = @proof",
        ("@disk", schedule.Disk), ("@proof", schedule.ProofSchedule), ("@since", since.ToUnixTimeMilliseconds())));

    public IReadOnlyList<BackupSchedule> ListSchedules() => store.Read(db => db.Query($"SELECT {ScheduleColumns} FROM backup_schedules ORDER BY disk", MapSchedule));

    public BackupSchedule? FindSchedule(string disk) => store.Read(db => db.Query($"SELECT {ScheduleColumns} FROM backup_schedules WHERE disk = @disk", MapSchedule, ("@disk", disk)).FirstOrDefault());

    public void Add(Backup backup) => store.Write(db => db.Execute($"INSERT INTO backups ({Columns}) VALUES (@id, @disk, @at, @path, @size, @problem, NULL, NULL, NULL)",
        ("@id", backup.Id), ("@disk", backup.Disk), ("@at", backup.At.ToUnixTimeMilliseconds()), ("@path", backup.Path), ("@size", backup.Size), ("@problem", backup.Problem)));

    /// <param name="problem">Null: it is proven.</param>
    public void SetProof(string id, DateTimeOffset at, string? problem) => store.Write(db => db.Execute(
        "UPDATE backups SET tried_at = @at, proof_problem = @problem, proven_at = CASE WHEN @problem IS NULL THEN @at ELSE proven_at END WHERE id = @id",
        ("@id", id), ("@at", at.ToUnixTimeMilliseconds()), ("@problem", problem)));

    public void Remove(string id) => store.Write(db => db.Execute("DELETE FROM backups WHERE id = @id", ("@id", id)));

    public Backup? Find(string id) => store.Read(db => db.Query($"SELECT {Columns} FROM backups WHERE id = @id", Map, ("@id", id)).FirstOrDefault());

    /// <summary>Newest first.</summary>
    /// <param name="disk">Null: of all, also of disks that are gone.</param>
    public IReadOnlyList<Backup> List(string? disk) =>
        store.Read(db => db.Query($"SELECT {Columns} FROM backups WHERE @disk IS NULL OR disk = @disk ORDER BY at DESC, id DESC", Map, ("@disk", disk)));

    public BackupSummary Summary(string disk)
    {
        var backups = List(disk);
        return new(
            backups.FirstOrDefault(b => b.Size is not null)?.At, backups.Max(b => b.ProvenAt), backups.Count > 0 ? backups[0].Problem : null,
            backups.Where(b => b.TriedAt is not null).MaxBy(b => b.TriedAt)?.ProofProblem);
    }

    private static BackupSchedule MapSchedule(SqliteDataReader row) => new()
    {
        Disk = row.GetString(0),
        Schedule = row.GetString(1),
        Keep = row.GetInt32(2),
        Folder = row.TextOrNull(3),
        ProofSchedule = row.TextOrNull(4),
        Check = row.TextOrNull(5),
        Service = row.TextOrNull(6),
        Since = row.Time(7),
        ProofSince = row.Time(8),
    };

    private static Backup Map(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Disk = row.GetString(1),
        At = row.Time(2),
        Path = row.GetString(3),
        Size = row.IsDBNull(4) ? null : row.GetInt64(4),
        Problem = row.TextOrNull(5),
        ProvenAt = row.TimeOrNull(6),
        TriedAt = row.TimeOrNull(7),
        ProofProblem = row.TextOrNull(8),
    };
}
