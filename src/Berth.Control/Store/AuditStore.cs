using System.Globalization;
using Berth.Control.Secrets;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>Somebody's request to change something, or to look inside a sandbox or a disk.</summary>
public sealed record AuditEntry
{
    public required DateTimeOffset At { get; init; }

    /// <summary>The token's name and id, which stay when it is revoked.</summary>
    public required string Token { get; init; }

    public required string TokenId { get; init; }

    public required string Method { get; init; }

    /// <summary>Without its query.</summary>
    public required string Path { get; init; }

    /// <summary>Null: it concerns none, or all.</summary>
    public string? App { get; init; }

    /// <summary>What was asked for, in words: <c>Replace sandboxes without a gap</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>What is known of it beyond that: a command, names of variables. Never a value.</summary>
    public string? Detail { get; init; }

    /// <summary>The client's address.</summary>
    public string? From { get; init; }

    /// <summary>The HTTP status of the answer; null: it was not answered yet, or berthd was killed before.</summary>
    public int? Status { get; init; }
}

/// <summary>
/// Who did what, bounded in age and number. What was refused has a smaller bound of its own: else whoever may do nothing could push out, by asking for it again and again, what
/// others did. Entries outlive their apps and tokens.
/// </summary>
public sealed class AuditStore(StateStore store, Redaction redaction)
{
    /// <summary>Of the entries that are kept, one in so many may be of something refused.</summary>
    private const int RefusedShare = 10;

    /// <summary>Entries between two looks at the bound, which they may pass by so many.</summary>
    private const int PruneEvery = 1000;

    private const string Refused = "status BETWEEN 400 AND 499";
    private const string NotRefused = "(status IS NULL OR status NOT BETWEEN 400 AND 499)";

    private const string Columns = "at, token, token_id, method, path, app, operation, detail, address, status";

    /// <summary>Notes what was begun; returns the entry's number.</summary>
    /// <param name="keep">As for <see cref="Prune"/>.</param>
    public long Begin(AuditEntry entry, int keep) => store.Write(db =>
    {
        db.Execute($"INSERT INTO audit ({Columns}) VALUES (@at, @token, @tokenId, @method, @path, @app, @operation, @detail, @from, @status)",
            ("@at", entry.At.ToUnixTimeMilliseconds()), ("@token", entry.Token), ("@tokenId", entry.TokenId), ("@method", entry.Method), ("@path", entry.Path), ("@app", entry.App),
            ("@operation", entry.Operation), ("@detail", entry.Detail), ("@from", entry.From), ("@status", entry.Status));
        var number = db.Number("SELECT last_insert_rowid()")!.Value;
        if (number % PruneEvery == 0)
            Bound(db, keep);
        return number;
    });

    public void Describe(long number, string? app, string detail)
    {
        var plain = app is null ? detail : redaction.Apply(app, detail);
        store.Write(db => db.Execute("UPDATE audit SET app = @app, detail = @detail WHERE number = @number", ("@app", app), ("@detail", plain), ("@number", number)));
    }

    public void End(long number, int status) => store.Write(db => db.Execute("UPDATE audit SET status = @status WHERE number = @number", ("@status", status), ("@number", number)));

    /// <summary>Newest first.</summary>
    /// <param name="apps">Null: of all, also of none.</param>
    public IReadOnlyList<AuditEntry> List(IReadOnlyList<string>? apps, DateTimeOffset? since, int limit) => store.Read(db =>
    {
        // Names of apps need no quoting: they are letters, digits and dashes. What is none is no app.
        var names = apps is null ? null : string.Join(',', apps.Where(a => Berth.Model.Names.AppProblem(a) is null).Select(a => $"'{a}'"));
        return db.Query(string.Create(CultureInfo.InvariantCulture, $"SELECT {Columns} FROM audit WHERE at >= @since {(names is null ? "" : $"AND app IN ({names})")} ORDER BY number DESC LIMIT @limit"),
            Map, ("@since", since?.ToUnixTimeMilliseconds() ?? 0), ("@limit", limit));
    });

    /// <summary>Forgets what is older, and the oldest of what is too many.</summary>
    public void Prune(DateTimeOffset before, int keep) => store.Write(db =>
    {
        db.Execute("DELETE FROM audit WHERE at < @before", ("@before", before.ToUnixTimeMilliseconds()));
        Bound(db, keep);
    });

    private static void Bound(SqliteConnection db, int keep)
    {
        foreach (var (which, most) in new[] { (NotRefused, keep), (Refused, keep / RefusedShare) })
            db.Execute($"DELETE FROM audit WHERE {which} AND number <= (SELECT number FROM audit WHERE {which} ORDER BY number DESC LIMIT 1 OFFSET @most)", ("@most", most));
    }

    private static AuditEntry Map(SqliteDataReader row) => new()
    {
        At = row.Time(0),
        Token = row.GetString(1),
        TokenId = row.GetString(2),
        Method = row.GetString(3),
        Path = row.GetString(4),
        App = row.TextOrNull(5),
        Operation = row.GetString(6),
        Detail = row.TextOrNull(7),
        From = row.TextOrNull(8),
        Status = row.IsDBNull(9) ? null : row.GetInt32(9),
    };
}
