using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Berth.Control.Metrics;
using Berth.Model;

namespace Berth.Control.Store;

/// <summary>A pool as stored: which release made it and for which service.</summary>
public sealed record PoolRecord(string Id, string App, string Release, string Service);

/// <summary>Releases (immutable, as encrypted JSON: the variables are in it) and the pools they made.</summary>
public sealed class ReleaseStore(StateStore store)
{
    public Release? Find(string id) => store.Read(db => Parse(db.Text("SELECT body FROM releases WHERE id = @id", ("@id", id))));

    public Release? Find(string app, int number) =>
        store.Read(db => Parse(db.Text("SELECT body FROM releases WHERE app = @app AND number = @number", ("@app", app), ("@number", number))));

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Release> List(string app) =>
        store.Read(db => db.Query("SELECT body FROM releases WHERE app = @app ORDER BY number DESC", row => Parse(row.GetString(0))!, ("@app", app)));

    public int NextNumber(string app) => store.Read(db => (int)db.Number("SELECT coalesce(max(number), 0) + 1 FROM releases WHERE app = @app", ("@app", app))!.Value);

    public IReadOnlyList<PoolRecord> Pools(string app) =>
        store.Read(db => db.Query("SELECT id, app, release, service FROM pools WHERE app = @app ORDER BY rowid",
            row => new PoolRecord(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), ("@app", app)));

    /// <summary>
    /// Stores a release with its new pools and makes it the target of the deployment, in one step: from here on a restart of
    /// berthd goes on with the deployment instead of giving it up.
    /// </summary>
    public void AddAsTarget(Release release, string deployment) => store.Write(db =>
    {
        db.Execute("INSERT INTO releases (id, app, number, body) VALUES (@id, @app, @number, @body)",
            ("@id", release.Id), ("@app", release.App), ("@number", release.Number), ("@body", store.Cipher.Encrypt(JsonSerializer.Serialize(release, StoreJson.Default.Release))));
        foreach (var service in release.Services)
        {
            db.Execute("INSERT OR IGNORE INTO pools (id, app, release, service) VALUES (@pool, @app, @release, @service)",
                ("@pool", service.PoolId), ("@app", release.App), ("@release", release.Id), ("@service", service.Definition.Name));
        }
        db.Execute("UPDATE deployments SET release = @release, phase = @phase WHERE id = @deployment", ("@release", release.Id), ("@phase", nameof(DeploymentPhase.Start)), ("@deployment", deployment));
        db.Execute("UPDATE apps SET target_deployment = @deployment WHERE name = @app", ("@deployment", deployment), ("@app", release.App));
    });

    /// <summary>
    /// Makes the target the active release: the one moment at which a deployment takes effect. False, and nothing done, if the deployment
    /// has lost its hold on the app meanwhile: it was cancelled, or the app deleted.
    /// </summary>
    public bool Switch(string app, string deployment, Release release) => store.Write(db =>
    {
        if (db.Execute("UPDATE apps SET active_release = @release WHERE name = @app AND target_deployment = @deployment", ("@app", app), ("@deployment", deployment), ("@release", release.Id)) == 0)
            return false;
        db.Execute("UPDATE deployments SET phase = @phase WHERE id = @deployment", ("@phase", nameof(DeploymentPhase.Drain)), ("@deployment", deployment));
        AppStore.WriteConfig(db, store.Cipher, app, release.Config);
        return true;
    });

    /// <summary>Forgets a release, with those of its pools that no other one has taken over.</summary>
    /// <param name="kept">Pools that stay.</param>
    public void Remove(Release release, IReadOnlySet<string> kept) => store.Write(db =>
    {
        foreach (var pool in release.Services.Select(s => s.PoolId).Where(p => !kept.Contains(p)))
        {
            db.Execute("DELETE FROM pools WHERE id = @pool", ("@pool", pool));
            db.Execute("DELETE FROM crashes WHERE pool = @pool", ("@pool", pool));
        }
        db.Execute("DELETE FROM releases WHERE id = @id", ("@id", release.Id));
    });

    private Release? Parse(string? body) => body is null ? null : StoreJson.ReadRelease(store.Cipher.Decrypt(body));
}

/// <summary>How stored values look as JSON. Members may be added to it, never renamed: older files must stay readable.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Release))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(MemoryCurve))]
internal sealed partial class StoreJson : JsonSerializerContext
{
    private static readonly JsonSerializerOptions ByReflection = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver(), Converters = { new JsonStringEnumConverter() } };

    /// <summary>By reflection: the generated reader would set a member that an older file does not have to zero or null instead of its default.</summary>
    public static Release ReadRelease(string body) => JsonSerializer.Deserialize<Release>(body, ByReflection)!;
}
