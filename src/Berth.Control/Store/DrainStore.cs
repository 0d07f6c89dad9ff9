using Berth.Control.Logs;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>A receiver of an app's log lines.</summary>
/// <param name="Url">With its password, if it has one; stored encrypted.</param>
/// <param name="Position">Up to where the lines were sent.</param>
/// <param name="Dropped">Lines that were never sent.</param>
public sealed record Drain(string Id, string App, string Url, DateTimeOffset CreatedAt, LogPosition Position, long Dropped);

/// <summary>Log drains, and how far each has come.</summary>
public sealed class DrainStore(StateStore store)
{
    private const string Columns = "id, app, url, created_at, segment, offset, dropped";

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Drain> List() => store.Read(db => db.Query($"SELECT {Columns} FROM drains ORDER BY id", Map));

    public Drain? Find(string id) => store.Read(db => db.Query($"SELECT {Columns} FROM drains WHERE id = @id", Map, ("@id", id)).FirstOrDefault());

    /// <summary>False if the app has a drain to that URL already.</summary>
    public bool Add(Drain drain) => store.Write(db =>
    {
        // The table cannot tell: the same text is encrypted differently each time.
        if (db.Query($"SELECT {Columns} FROM drains WHERE app = @app", Map, ("@app", drain.App)).Any(other => other.Url == drain.Url))
            return false;
        db.Execute($"INSERT INTO drains ({Columns}) VALUES (@id, @app, @url, @at, @segment, @offset, @dropped)",
            ("@id", drain.Id), ("@app", drain.App), ("@url", store.Cipher.Encrypt(drain.Url)), ("@at", drain.CreatedAt.ToUnixTimeMilliseconds()),
            ("@segment", drain.Position.Segment), ("@offset", drain.Position.Offset), ("@dropped", drain.Dropped));
        return true;
    });

    /// <summary>Of a drain that is removed already, nothing is stored.</summary>
    public void SetProgress(string id, LogPosition position, long dropped) => store.Write(db => db.Execute(
        "UPDATE drains SET segment = @segment, offset = @offset, dropped = @dropped WHERE id = @id",
        ("@id", id), ("@segment", position.Segment), ("@offset", position.Offset), ("@dropped", dropped)));

    /// <summary>False if there was none.</summary>
    public bool Remove(string id) => store.Write(db => db.Execute("DELETE FROM drains WHERE id = @id", ("@id", id)) > 0);

    private Drain Map(SqliteDataReader row) =>
        new(row.GetString(0), row.GetString(1), store.Cipher.Decrypt(row.GetString(2)), row.Time(3), new(row.GetInt64(4), row.GetInt64(5)), row.GetInt64(6));
}
