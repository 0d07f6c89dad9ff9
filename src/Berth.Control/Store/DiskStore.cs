using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>A disk. It belongs to no app: it outlives all of them.</summary>
public sealed record Disk
{
    public required string Name { get; init; }

    /// <summary>Bytes of its image; the file system's own tables take a little of it.</summary>
    public required long Size { get; init; }

    public required string FileSystem { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Bytes in use when it was last unmounted; null before.</summary>
    public long? Used { get; init; }

    /// <summary>Counts the leases that were ever given out; that of <see cref="Lease"/> while there is one.</summary>
    public required long Generation { get; init; }

    /// <summary>Null: free.</summary>
    public DiskLease? Lease { get; init; }
}

/// <summary>Who has a disk to itself.</summary>
public sealed record DiskLease(string Sandbox, string App, DateTimeOffset Since);

/// <summary>The disks and who holds them. A lease changes only for the caller that knows the last generation, so that an old holder can change nothing any more.</summary>
public sealed class DiskStore(StateStore store)
{
    private const string Columns = "name, size, file_system, created_at, used, generation, holder, holder_app, leased_at";

    public IReadOnlyList<Disk> List() => store.Read(db => db.Query($"SELECT {Columns} FROM disks ORDER BY name", Map));

    public Disk? Find(string name) => store.Read(db => db.Query($"SELECT {Columns} FROM disks WHERE name = @name", Map, ("@name", name)).FirstOrDefault());

    public void Add(Disk disk) => store.Write(db => db.Execute(
        "INSERT INTO disks (name, size, file_system, created_at) VALUES (@name, @size, @fileSystem, @createdAt)",
        ("@name", disk.Name), ("@size", disk.Size), ("@fileSystem", disk.FileSystem), ("@createdAt", disk.CreatedAt.ToUnixTimeMilliseconds())));

    /// <summary>False if it is leased, or gone.</summary>
    public bool Remove(string name) => store.Write(db => db.Execute("DELETE FROM disks WHERE name = @name AND holder IS NULL", ("@name", name)) > 0);

    /// <summary>Gives the disk to <paramref name="lease"/>, also from a holder before. Returns the new generation; null if somebody else was quicker.</summary>
    public long? TryLease(Disk seen, DiskLease lease) => store.Write<long?>(db => db.Execute(
        """
        UPDATE disks SET generation = generation + 1, holder = @holder, holder_app = @app, leased_at = @since
        WHERE name = @name AND generation = @seen
        """,
        ("@holder", lease.Sandbox), ("@app", lease.App), ("@since", lease.Since.ToUnixTimeMilliseconds()), ("@name", seen.Name), ("@seen", seen.Generation)) > 0
        ? seen.Generation + 1
        : null);

    /// <summary>Nothing happens if a later generation holds it.</summary>
    public void Release(string name, long generation, long? used) => store.Write(db => db.Execute(
        "UPDATE disks SET holder = NULL, holder_app = NULL, leased_at = NULL, used = coalesce(@used, used) WHERE name = @name AND generation = @generation",
        ("@used", used), ("@name", name), ("@generation", generation)));

    private static Disk Map(SqliteDataReader row) => new()
    {
        Name = row.GetString(0),
        Size = row.GetInt64(1),
        FileSystem = row.GetString(2),
        CreatedAt = row.Time(3),
        Used = row.IsDBNull(4) ? null : row.GetInt64(4),
        Generation = row.GetInt64(5),
        Lease = row.TextOrNull(6) is { } holder ? new(holder, row.GetString(7), row.Time(8)) : null,
    };
}
