using System.Text.Json.Serialization;

namespace Berth.Contracts;

public sealed record DiskInfo
{
    public required string Name { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>As it is now, or was when the disk was last in use; null for one that never was.</summary>
    public long? UsedBytes { get; init; }

    public required string Filesystem { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null: free.</summary>
    public DiskLeaseInfo? Lease { get; init; }

    /// <summary>Null: the server backs it up only when it is asked to.</summary>
    public DiskScheduleInfo? Schedule { get; init; }

    /// <summary>When the newest backup was made that the server has; null: it has none.</summary>
    public DateTimeOffset? LastBackupAt { get; init; }

    /// <summary>When a backup of it was last restored on trial and found good; null: never.</summary>
    public DateTimeOffset? ProvenAt { get; init; }

    /// <summary>Why the last backup failed; null: it did not.</summary>
    public string? BackupProblem { get; init; }

    /// <summary>Why the last proof failed; null: it did not.</summary>
    public string? ProofProblem { get; init; }
}

/// <param name="Schedule">Five fields, in UTC.</param>
/// <param name="Keep">Backups that are kept.</param>
/// <param name="Folder">On the server; null: the server's own.</param>
/// <param name="Proof">When the newest is restored on trial; null: never by itself.</param>
/// <param name="Check">The command that looks at what was restored.</param>
/// <param name="Service">Whose image it runs in; null: that of the only service with the disk.</param>
public sealed record DiskScheduleInfo(string Schedule, int Keep, string? Folder, DateTimeOffset? NextAt, string? Proof, string? Check, string? Service, DateTimeOffset? NextProofAt);

/// <summary>As <see cref="DiskScheduleInfo"/>.</summary>
/// <param name="Keep">Null: 7.</param>
public sealed record DiskScheduleRequest([property: JsonRequired] string Schedule, int? Keep, string? Folder, string? Proof, string? Check, string? Service);

/// <summary>A backup that the server has, or one that failed.</summary>
public sealed record BackupInfo
{
    /// <summary>The disk and the time: <c>pgdata-20260131-030000123</c>.</summary>
    public required string Id { get; init; }

    public required string Disk { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Its file on the server.</summary>
    public required string Path { get; init; }

    /// <summary>Null: it was not made.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>When it was last restored on trial and found good; null: never.</summary>
    public DateTimeOffset? ProvenAt { get; init; }

    /// <summary>Why it was not made, what came of its last trial, or that its file is gone; null: all is well as far as is known.</summary>
    public string? Problem { get; init; }
}

/// <param name="Generation">One more with each lease of the disk.</param>
public sealed record DiskLeaseInfo(string App, string Sandbox, long Generation, DateTimeOffset Since);

/// <param name="Filesystem">Null: <c>ext4</c>.</param>
public sealed record DiskRequest([property: JsonRequired] string Name, [property: JsonRequired] int SizeGb, string? Filesystem);
