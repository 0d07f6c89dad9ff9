using System.Security.Cryptography;
using System.Text;
using Berth.Model;
using Dapper;

namespace Berth.Control.Store;

public sealed record Token(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <summary>Bearer tokens. Only a SHA-256 is stored: a token is 32 random bytes, so that a slow hash would add nothing.</summary>
public sealed class TokenStore(StateStore store, TimeProvider time)
{
    /// <summary>Makes a token and returns its secret, which is never to be had again.</summary>
    public (Token Token, string Secret) Create(string name)
    {
        var secret = "berth_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var now = time.GetUtcNow();
        var token = new Token(Ids.Token(now), name, now, null);
        store.Write(db => db.Execute("INSERT INTO tokens (id, name, hash, created_at) VALUES (@Id, @Name, @hash, @at)",
            new { token.Id, token.Name, hash = Hash(secret), at = now.ToUnixTimeMilliseconds() }));
        return (token, secret);
    }

    /// <summary>The token that has this secret; null if none has. Notes the use, at most once a minute.</summary>
    public Token? Find(string secret)
    {
        var hash = Hash(secret);
        var row = store.Read(db => db.QueryFirstOrDefault<Row>("SELECT id, name, created_at, last_used_at FROM tokens WHERE hash = @hash", new { hash }));
        if (row is null)
            return null;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (row.last_used_at is null || now - row.last_used_at > 60_000)
            store.Write(db => db.Execute("UPDATE tokens SET last_used_at = @now WHERE hash = @hash", new { now, hash }));
        return row.ToToken();
    }

    public IReadOnlyList<Token> List() => store.Read(db =>
        db.Query<Row>("SELECT id, name, created_at, last_used_at FROM tokens ORDER BY id").Select(r => r.ToToken()).ToList());

    /// <summary>By id or name; false if there is none.</summary>
    public bool Revoke(string idOrName) => store.Write(db => db.Execute("DELETE FROM tokens WHERE id = @idOrName OR name = @idOrName", new { idOrName }) > 0);

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private sealed class Row
    {
        public string id { get; set; } = "";
        public string name { get; set; } = "";
        public long created_at { get; set; }
        public long? last_used_at { get; set; }

        public Token ToToken() => new(id, name, DateTimeOffset.FromUnixTimeMilliseconds(created_at), last_used_at is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
    }
}
