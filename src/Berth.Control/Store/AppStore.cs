using System.Data;
using Berth.Model;
using Dapper;

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

    public AppRecord? Find(string name) => store.Read(db => db.QueryFirstOrDefault<Row>($"SELECT {Columns} FROM apps WHERE name = @name", new { name })?.ToRecord());

    public IReadOnlyList<AppRecord> List() => store.Read(db => db.Query<Row>($"SELECT {Columns} FROM apps ORDER BY name").Select(r => r.ToRecord()).ToList());

    /// <summary>False if there is an app of that name. Takes the lowest subnet number that is free.</summary>
    public bool TryCreate(string name, DateTimeOffset now) => store.Write(db =>
    {
        if (db.ExecuteScalar<long>("SELECT count(*) FROM apps WHERE name = @name", new { name }) > 0)
            return false;
        db.Execute("INSERT INTO apps (name, created_at, subnet) VALUES (@name, @at, @subnet)", new { name, at = now.ToUnixTimeMilliseconds(), subnet = FreeSubnet(db, from: 0) });
        return true;
    });

    /// <summary>Gives the app the next free subnet after its present one, which the engine refused.</summary>
    public void MoveSubnet(string name) => store.Write(db =>
    {
        var current = db.ExecuteScalar<long>("SELECT subnet FROM apps WHERE name = @name", new { name });
        db.Execute("UPDATE apps SET subnet = @subnet WHERE name = @name", new { name, subnet = FreeSubnet(db, from: current + 1) });
    });

    public void MarkDeleting(string name) => store.Write(db => db.Execute("UPDATE apps SET deleting = 1, target_deployment = NULL WHERE name = @name", new { name }));

    public void Delete(string name) => store.Write(db => db.Execute("DELETE FROM apps WHERE name = @name", new { name }));

    public IReadOnlyList<EnvVar> Config(string app) => store.Read(db => ReadConfig(db, app));

    public void ReplaceConfig(string app, IReadOnlyList<EnvVar> config) => store.Write(db => WriteConfig(db, app, config));

    internal static IReadOnlyList<EnvVar> ReadConfig(IDbConnection db, string app) =>
        [.. db.Query<(string Key, string Value)>("SELECT key, value FROM config WHERE app = @app ORDER BY rowid", new { app }).Select(r => new EnvVar(r.Key, r.Value))];

    internal static void WriteConfig(IDbConnection db, string app, IReadOnlyList<EnvVar> config)
    {
        db.Execute("DELETE FROM config WHERE app = @app", new { app });
        foreach (var variable in config)
            db.Execute("INSERT INTO config (app, key, value) VALUES (@app, @Key, @Value)", new { app, variable.Key, variable.Value });
    }

    private static long FreeSubnet(IDbConnection db, long from)
    {
        var taken = db.Query<long>("SELECT subnet FROM apps WHERE subnet >= @from", new { from }).ToHashSet();
        while (taken.Contains(from))
            from++;
        return from;
    }

    private sealed class Row
    {
        public string name { get; set; } = "";
        public long created_at { get; set; }
        public long subnet { get; set; }
        public string? active_release { get; set; }
        public string? target_deployment { get; set; }
        public long deleting { get; set; }

        public AppRecord ToRecord() => new()
        {
            Name = name,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(created_at),
            Subnet = (int)subnet,
            ActiveRelease = active_release,
            TargetDeployment = target_deployment,
            Deleting = deleting != 0,
        };
    }
}
