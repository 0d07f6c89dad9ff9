using System.Text.Json;
using Berth.Control.Metrics;
using Berth.Control.Secrets;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>One crash with all that is known of it, kept after its container is gone.</summary>
public sealed record Capsule
{
    /// <summary>The sandbox that crashed. It crashes once, so this names the crash, too.</summary>
    public required string Sandbox { get; init; }

    public required string App { get; init; }

    public required string Pool { get; init; }

    public required string Service { get; init; }

    /// <summary>Id of the release that it ran.</summary>
    public required string Release { get; init; }

    /// <summary>Id of the last release before that one that was in force; null: there was none.</summary>
    public string? LastGood { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Null where it did not come to start.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>128 + n after signal n.</summary>
    public required int ExitCode { get; init; }

    public required bool OutOfMemory { get; init; }

    /// <summary>The sidecar that ended first, to which the exit code and the memory belong; null: the sandbox's own process did.</summary>
    public string? Sidecar { get; init; }

    /// <summary>Why the engine could not start it; null where it could.</summary>
    public string? StartError { get; init; }

    /// <summary>Which crash of its pool in a row; 1 is the first.</summary>
    public required int Count { get; init; }

    /// <summary>The end of what it printed, oldest first.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>How its memory went; null where it ended before it was looked at, or did not run on this machine.</summary>
    public MemoryCurve? Memory { get; init; }
}

/// <summary>Capsules, bounded in such a way that a service which crashes all day takes neither its own first crash away nor those of others.</summary>
public sealed class CapsuleStore(StateStore store, Redaction redaction)
{
    /// <summary>Kept of one pool beside its first.</summary>
    public const int PerPool = 9;

    /// <summary>Kept of one app.</summary>
    public const int PerApp = 50;

    private const string Columns = "sandbox, app, pool, service, release, last_good, at, started_at, exit_code, out_of_memory, start_error, count, sidecar";

    /// <summary>Without their lines and memory, newest first.</summary>
    public IReadOnlyList<Capsule> List(string app) =>
        store.Read(db => db.Query($"SELECT {Columns} FROM capsules WHERE app = @app ORDER BY at DESC, sandbox DESC", Map, ("@app", app)));

    public Capsule? Find(string sandbox) => store.Read(db => db.Query($"SELECT {Columns}, lines, memory FROM capsules WHERE sandbox = @sandbox",
        row => Map(row) with
        {
            Lines = JsonSerializer.Deserialize(row.GetString(13), StoreJson.Default.IReadOnlyListString) ?? [],
            Memory = row.TextOrNull(14) is { } memory ? JsonSerializer.Deserialize(memory, StoreJson.Default.MemoryCurve) : null,
        }, ("@sandbox", sandbox)).FirstOrDefault());

    public void Add(Capsule capsule) => store.Write(db =>
    {
        db.Execute($"INSERT OR IGNORE INTO capsules ({Columns}, lines, memory) VALUES (@sandbox, @app, @pool, @service, @release, @lastGood, @at, @startedAt, @exitCode, @outOfMemory, @startError, @count, @sidecar, @lines, @memory)",
            ("@sandbox", capsule.Sandbox), ("@app", capsule.App), ("@pool", capsule.Pool), ("@service", capsule.Service), ("@release", capsule.Release), ("@lastGood", capsule.LastGood),
            ("@at", capsule.At.ToUnixTimeMilliseconds()), ("@startedAt", capsule.StartedAt?.ToUnixTimeMilliseconds()), ("@exitCode", capsule.ExitCode), ("@outOfMemory", capsule.OutOfMemory),
            ("@startError", capsule.StartError is { } error ? redaction.Apply(capsule.App, error) : null), ("@count", capsule.Count), ("@sidecar", capsule.Sidecar),
            ("@lines", Json([.. capsule.Lines.Select(line => redaction.Apply(capsule.App, line))])),
            ("@memory", capsule.Memory is { } memory ? JsonSerializer.Serialize(memory, StoreJson.Default.MemoryCurve) : null));
        db.Execute("""
            DELETE FROM capsules WHERE pool = @pool
                AND sandbox NOT IN (SELECT sandbox FROM capsules WHERE pool = @pool ORDER BY at, sandbox LIMIT 1)
                AND sandbox NOT IN (SELECT sandbox FROM capsules WHERE pool = @pool ORDER BY at DESC, sandbox DESC LIMIT @keep)
            """, ("@pool", capsule.Pool), ("@keep", PerPool));
        db.Execute("DELETE FROM capsules WHERE app = @app AND sandbox NOT IN (SELECT sandbox FROM capsules WHERE app = @app ORDER BY at DESC, sandbox DESC LIMIT @keep)",
            ("@app", capsule.App), ("@keep", PerApp));
    });

    /// <param name="lines">Out of the log, which holds no secrets.</param>
    public void SetLines(string sandbox, IReadOnlyList<string> lines) =>
        store.Write(db => db.Execute("UPDATE capsules SET lines = @lines WHERE sandbox = @sandbox", ("@sandbox", sandbox), ("@lines", Json(lines))));

    private static string Json(IReadOnlyList<string> lines) => JsonSerializer.Serialize(lines, StoreJson.Default.IReadOnlyListString);

    private static Capsule Map(SqliteDataReader row) => new()
    {
        Sandbox = row.GetString(0),
        App = row.GetString(1),
        Pool = row.GetString(2),
        Service = row.GetString(3),
        Release = row.GetString(4),
        LastGood = row.TextOrNull(5),
        At = row.Time(6),
        StartedAt = row.TimeOrNull(7),
        ExitCode = row.GetInt32(8),
        OutOfMemory = row.GetBoolean(9),
        StartError = row.TextOrNull(10),
        Count = row.GetInt32(11),
        Sidecar = row.TextOrNull(12),
    };
}
