using System.Text.Json;
using Berth.Control.Secrets;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>A pool's crashes in a row, with what is known of the last.</summary>
public sealed record Crash
{
    public required string Pool { get; init; }

    public required int Count { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Sandbox { get; init; }

    public required int ExitCode { get; init; }

    public required bool OutOfMemory { get; init; }

    /// <summary>At most 20.</summary>
    public required IReadOnlyList<string> LastLines { get; init; }
}

public sealed class CrashStore(StateStore store, Redaction redaction)
{
    /// <summary>By pool id.</summary>
    public IReadOnlyDictionary<string, Crash> List(string app) => store.Read(db =>
        db.Query("SELECT pool, count, at, sandbox, exit_code, out_of_memory, last_lines FROM crashes WHERE app = @app", Map, ("@app", app))
            .ToDictionary(c => c.Pool, StringComparer.Ordinal));

    public void Put(string app, Crash crash) => store.Write(db => db.Execute(
        "INSERT OR REPLACE INTO crashes (pool, app, count, at, sandbox, exit_code, out_of_memory, last_lines) VALUES (@pool, @app, @count, @at, @sandbox, @exitCode, @outOfMemory, @lines)",
        ("@pool", crash.Pool), ("@app", app), ("@count", crash.Count), ("@at", crash.At.ToUnixTimeMilliseconds()), ("@sandbox", crash.Sandbox), ("@exitCode", crash.ExitCode),
        ("@outOfMemory", crash.OutOfMemory), ("@lines", JsonSerializer.Serialize([.. crash.LastLines.Select(line => redaction.Apply(app, line))], StoreJson.Default.IReadOnlyListString))));

    /// <summary>Forgets an app's crashes, so that a restart or a new scale is tried at once.</summary>
    public void Clear(string app) => store.Write(db => db.Execute("DELETE FROM crashes WHERE app = @app", ("@app", app)));

    private static Crash Map(SqliteDataReader row) => new()
    {
        Pool = row.GetString(0),
        Count = row.GetInt32(1),
        At = row.Time(2),
        Sandbox = row.GetString(3),
        ExitCode = row.GetInt32(4),
        OutOfMemory = row.GetBoolean(5),
        LastLines = JsonSerializer.Deserialize(row.GetString(6), StoreJson.Default.IReadOnlyListString) ?? [],
    };
}
