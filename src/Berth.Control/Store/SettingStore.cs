using Dapper;

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
        db.Query<Row>("SELECT service, scale, memory, cpu, renewed_at FROM settings WHERE app = @app", new { app })
            .ToDictionary(r => r.service, r => r.ToSetting(), StringComparer.Ordinal));

    /// <summary>Stores several services' settings at once.</summary>
    public void Put(string app, IReadOnlyDictionary<string, ServiceSetting> settings) => store.Write(db =>
    {
        foreach (var (service, setting) in settings)
        {
            db.Execute("INSERT OR REPLACE INTO settings (app, service, scale, memory, cpu, renewed_at) VALUES (@app, @service, @Scale, @MemoryBytes, @Cpu, @renewed)",
                new { app, service, setting.Scale, setting.MemoryBytes, setting.Cpu, renewed = setting.RenewedAt?.ToUnixTimeMilliseconds() });
        }
    });

    private sealed class Row
    {
        public string service { get; set; } = "";
        public string? scale { get; set; }
        public long? memory { get; set; }
        public double? cpu { get; set; }
        public long? renewed_at { get; set; }

        public ServiceSetting ToSetting() => new()
        {
            Scale = scale,
            MemoryBytes = memory,
            Cpu = cpu,
            RenewedAt = renewed_at is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
        };
    }
}
