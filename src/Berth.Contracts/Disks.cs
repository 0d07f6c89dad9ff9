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
}

/// <param name="Generation">One more with each lease of the disk.</param>
public sealed record DiskLeaseInfo(string App, string Sandbox, long Generation, DateTimeOffset Since);

/// <param name="Filesystem">Null: <c>ext4</c>.</param>
public sealed record DiskRequest([property: JsonRequired] string Name, [property: JsonRequired] int SizeGb, string? Filesystem);
