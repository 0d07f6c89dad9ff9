using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>What a person set for one service; it outlives deployments. Null members: what the files say.</summary>
public sealed record ServiceSetting
{
    /// <summary><c>3</c>, <c>auto</c> or <c>auto:1-20</c> (read by <see cref="Reconciling.ScaleText"/>).</summary>
    public string? Scale { get; init; }

    public long? MemoryBytes { get; init; }

    public double? Cpu { get; init; }

    /// <summary>Sandboxes older than this are to be replaced: a restart, or other limits.</summary>
    public DateTimeOffset? RenewedAt { get; init; }

    public static ServiceSetting None { get; } = new();
}

public sealed class SettingStore(StateStore store)
{
    /// <summary>By service name; services without a setting are left out.</summary>
    public IReadOnlyDictionary<string, ServiceSetting> List(string app) => store.Read(db =>
        db.Query("SELECT service, scale, memory, cpu, renewed_at FROM settings WHERE app = @app", row => (Service: row.GetString(0), Setting: Map(row)), ("@app", app))
            .ToDictionary(s => s.Service, s => s.Setting, StringComparer.Ordinal));

    /// <summary>Stores several services' settings at once.</summary>
    public void Put(string app, IReadOnlyDictionary<string, ServiceSetting> settings) => store.Write(db =>
    {
        foreach (var (service, setting) in settings)
        {
            db.Execute("INSERT OR REPLACE INTO settings (app, service, scale, memory, cpu, renewed_at) VALUES (@app, @service, @scale, @memory, @cpu, @renewed)",
                ("@app", app), ("@service", service), ("@scale", setting.Scale), ("@memory", setting.MemoryBytes), ("@cpu", setting.Cpu), ("@renewed", setting.RenewedAt?.ToUnixTimeMilliseconds()));
        }
    });

    private static ServiceSetting Map(SqliteDataReader row) => new()
    {
        Scale = row.TextOrNull(1),
        MemoryBytes = row.IsDBNull(2) ? null : row.GetInt64(2),
        Cpu = row.IsDBNull(3) ? null : row.GetDouble(3),
        RenewedAt = row.TimeOrNull(4),
    };
}
