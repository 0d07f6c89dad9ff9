using Berth.Control.Secrets;
using Berth.Model;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>An app as stored. Everything else about it hangs on its name.</summary>
public sealed record AppRecord
{
    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Number of its subnet, from 0 (see <see cref="Reconciling.Subnets"/>).</summary>
    public required int Subnet { get; init; }

    public string? ActiveRelease { get; init; }

    /// <summary>The deployment that has reached its start phase and not ended; null when none is that far.</summary>
    public string? TargetDeployment { get; init; }

    /// <summary>Its deletion was asked for and is being carried out.</summary>
    public bool Deleting { get; init; }
}

/// <summary>Apps and the config that a person set before the first release.</summary>
public sealed class AppStore(StateStore store)
{
    private const string Columns = "name, created_at, subnet, active_release, target_deployment, deleting";

    public AppRecord? Find(string name) => store.Read(db => db.Query($"SELECT {Columns} FROM apps WHERE name = @name", Map, ("@name", name)).FirstOrDefault());

    public IReadOnlyList<AppRecord> List() => store.Read(db => db.Query($"SELECT {Columns} FROM apps ORDER BY name", Map));

    /// <summary>False if there is an app of that name. Takes the lowest subnet number that is free.</summary>
    public bool TryCreate(string name, DateTimeOffset now) => store.Write(db =>
    {
        if (db.Number("SELECT count(*) FROM apps WHERE name = @name", ("@name", name)) > 0)
            return false;
        db.Execute("INSERT INTO apps (name, created_at, subnet) VALUES (@name, @at, @subnet)", ("@name", name), ("@at", now.ToUnixTimeMilliseconds()), ("@subnet", FreeSubnet(db, from: 0)));
        return true;
    });

    /// <summary>Gives the app the next free subnet after its present one, which the engine refused.</summary>
    public void MoveSubnet(string name) => store.Write(db =>
    {
        var current = db.Number("SELECT subnet FROM apps WHERE name = @name", ("@name", name)) ?? 0;
        db.Execute("UPDATE apps SET subnet = @subnet WHERE name = @name", ("@name", name), ("@subnet", FreeSubnet(db, from: current + 1)));
    });

    public void MarkDeleting(string name) => store.Write(db => db.Execute("UPDATE apps SET deleting = 1, target_deployment = NULL WHERE name = @name", ("@name", name)));

    public void Delete(string name) => store.Write(db => db.Execute("DELETE FROM apps WHERE name = @name", ("@name", name)));

    public IReadOnlyList<EnvVar> Config(string app) => store.Read(db => db.Query("SELECT key, value, secret FROM config WHERE app = @app ORDER BY rowid",
        row => new EnvVar(row.GetString(0), store.Cipher.Decrypt(row.GetString(1))) { Secret = row.GetBoolean(2) }, ("@app", app)));

    public void ReplaceConfig(string app, IReadOnlyList<EnvVar> config) => store.Write(db => WriteConfig(db, store.Cipher, app, config));

    internal static void WriteConfig(SqliteConnection db, ValueCipher cipher, string app, IReadOnlyList<EnvVar> config)
    {
        db.Execute("DELETE FROM config WHERE app = @app", ("@app", app));
        foreach (var variable in config)
            db.Execute("INSERT INTO config (app, key, value, secret) VALUES (@app, @key, @value, @secret)", ("@app", app), ("@key", variable.Key), ("@value", cipher.Encrypt(variable.Value)), ("@secret", variable.Secret));
    }

    private static long FreeSubnet(SqliteConnection db, long from)
    {
        var taken = db.Query("SELECT subnet FROM apps WHERE subnet >= @from", row => row.GetInt64(0), ("@from", from)).ToHashSet();
        while (taken.Contains(from))
            from++;
        return from;
    }

    private static AppRecord Map(SqliteDataReader row) => new()
    {
        Name = row.GetString(0),
        CreatedAt = row.Time(1),
        Subnet = row.GetInt32(2),
        ActiveRelease = row.TextOrNull(3),
        TargetDeployment = row.TextOrNull(4),
        Deleting = row.GetBoolean(5),
    };
}
