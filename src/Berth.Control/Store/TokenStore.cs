using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Berth.Control.Access;
using Berth.Model;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

public sealed record Token(string Id, string Name, Grant Grant, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <summary>Bearer tokens. Only a SHA-256 is stored: a token is 32 random bytes, so that a slow hash would add nothing.</summary>
public sealed class TokenStore(StateStore store, TimeProvider time)
{
    private const string Columns = "id, name, role, apps, created_at, last_used_at";

    /// <summary>Makes a token and returns its secret, which is never to be had again.</summary>
    public (Token Token, string Secret) Create(string name, Grant grant)
    {
        var secret = "berth_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var now = time.GetUtcNow();
        var token = new Token(Ids.Token(now), name, grant, now, null);
        store.Write(db => db.Execute("INSERT INTO tokens (id, name, role, apps, hash, created_at) VALUES (@id, @name, @role, @apps, @hash, @at)",
            ("@id", token.Id), ("@name", token.Name), ("@role", grant.Role.ToString()), ("@apps", grant.Apps is { } apps ? JsonSerializer.Serialize(apps, StoreJson.Default.IReadOnlyListString) : null),
            ("@hash", Hash(secret)), ("@at", now.ToUnixTimeMilliseconds())));
        return (token, secret);
    }

    /// <summary>The token that has this secret; null if none has. Notes the use, at most once a minute.</summary>
    public Token? Find(string secret)
    {
        var hash = Hash(secret);
        var row = store.Read(db => db.Query($"SELECT {Columns} FROM tokens WHERE hash = @hash", Map, ("@hash", hash)).FirstOrDefault());
        if (row is null)
            return null;
        var now = time.GetUtcNow();
        if (row.LastUsedAt is not { } last || now - last > TimeSpan.FromMinutes(1))
            store.Write(db => db.Execute("UPDATE tokens SET last_used_at = @now WHERE hash = @hash", ("@now", now.ToUnixTimeMilliseconds()), ("@hash", hash)));
        return row;
    }

    public IReadOnlyList<Token> List() => store.Read(db =>
        db.Query($"SELECT {Columns} FROM tokens ORDER BY id", Map));

    /// <summary>By id or name; false if there is none.</summary>
    public bool Revoke(string idOrName) => store.Write(db => db.Execute("DELETE FROM tokens WHERE id = @idOrName OR name = @idOrName", ("@idOrName", idOrName)) > 0);

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private static Token Map(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), new(Enum.Parse<TokenRole>(row.GetString(2)), row.TextOrNull(3) is { } apps ? JsonSerializer.Deserialize(apps, StoreJson.Default.IReadOnlyListString) : null),
        row.Time(4), row.TimeOrNull(5));
}
