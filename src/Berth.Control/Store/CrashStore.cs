using System.Text.Json;
using Dapper;

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

public sealed class CrashStore(StateStore store)
{
    /// <summary>By pool id.</summary>
    public IReadOnlyDictionary<string, Crash> List(string app) => store.Read(db =>
        db.Query<Row>("SELECT pool, count, at, sandbox, exit_code, out_of_memory, last_lines FROM crashes WHERE app = @app", new { app })
            .Select(r => r.ToCrash()).ToDictionary(c => c.Pool, StringComparer.Ordinal));

    public void Put(string app, Crash crash) => store.Write(db => db.Execute(
        "INSERT OR REPLACE INTO crashes (pool, app, count, at, sandbox, exit_code, out_of_memory, last_lines) VALUES (@Pool, @app, @Count, @at, @Sandbox, @ExitCode, @OutOfMemory, @lines)",
        new
        {
            app,
            crash.Pool,
            crash.Count,
            crash.Sandbox,
            crash.ExitCode,
            crash.OutOfMemory,
            at = crash.At.ToUnixTimeMilliseconds(),
            lines = JsonSerializer.Serialize(crash.LastLines, StoreJson.Default.IReadOnlyListString),
        }));

    /// <summary>Forgets an app's crashes, so that a restart or a new scale is tried at once.</summary>
    public void Clear(string app) => store.Write(db => db.Execute("DELETE FROM crashes WHERE app = @app", new { app }));

    private sealed class Row
    {
        public string pool { get; set; } = "";
        public long count { get; set; }
        public long at { get; set; }
        public string sandbox { get; set; } = "";
        public long exit_code { get; set; }
        public long out_of_memory { get; set; }
        public string last_lines { get; set; } = "[]";

        public Crash ToCrash() => new()
        {
            Pool = pool,
            Count = (int)count,
            At = DateTimeOffset.FromUnixTimeMilliseconds(at),
            Sandbox = sandbox,
            ExitCode = (int)exit_code,
            OutOfMemory = out_of_memory != 0,
            LastLines = JsonSerializer.Deserialize(last_lines, StoreJson.Default.IReadOnlyListString) ?? [],
        };
    }
}
