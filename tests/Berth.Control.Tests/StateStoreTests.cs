using Berth.Control.Access;
using Berth.Control.Store;
using Berth.Testing;

namespace Berth.Control.Tests;

public sealed class StateStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StateStore _state;
    private readonly ManualTimeProvider _time = new();
    private readonly Stores _stores;

    public StateStoreTests()
    {
        _state = StateStore.Open(_folder.File("berth.db"));
        _stores = new(_state, _time);
    }

    [Fact]
    public void A_write_that_throws_stores_nothing_and_is_in_nobodys_way()
    {
        _state.SetValue("a", "before");
        var written = _state.Written;

        Assert.Throws<InvalidOperationException>(() => _state.Write(db =>
        {
            db.Execute("UPDATE meta SET value = 'after' WHERE key = 'a'");
            throw new InvalidOperationException();
        }));

        Assert.Equal(("before", written), (_state.GetValue("a"), _state.Written));
        _state.SetValue("a", "later");
        Assert.Equal(("later", written + 1), (_state.GetValue("a"), _state.Written));
    }

    [Fact]
    public void A_token_is_found_by_its_secret_which_is_not_stored()
    {
        var (token, secret) = _stores.Tokens.Create("ci", new(TokenRole.Deployer, ["shop", "blog"]));

        var found = _stores.Tokens.Find(secret)!;
        Assert.Equal((token.Id, "ci", TokenRole.Deployer), (found.Id, found.Name, found.Grant.Role));
        Assert.Equal(["shop", "blog"], found.Grant.Apps);
        Assert.Null(_stores.Tokens.Find(secret[..^1]));
        Assert.Null(_stores.Tokens.Find(secret.ToUpperInvariant()));
        foreach (var file in Directory.EnumerateFiles(_folder.Path))
            Assert.DoesNotContain(secret, File.ReadAllText(Copy(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokens_use_is_noted_once_a_minute()
    {
        var (_, secret) = _stores.Tokens.Create("ci", Grant.All);
        Assert.Null(_stores.Tokens.List().Single().LastUsedAt);
        var first = _time.GetUtcNow();
        _stores.Tokens.Find(secret);
        _time.Advance(TimeSpan.FromMinutes(1));
        _stores.Tokens.Find(secret);
        Assert.Equal(first, _stores.Tokens.List().Single().LastUsedAt);
        _time.Advance(TimeSpan.FromSeconds(1));
        _stores.Tokens.Find(secret);
        Assert.Equal(_time.GetUtcNow(), _stores.Tokens.List().Single().LastUsedAt);
    }

    [Fact]
    public void A_revoked_token_opens_nothing_more()
    {
        var (byId, firstSecret) = _stores.Tokens.Create("one", Grant.All);
        var (_, secondSecret) = _stores.Tokens.Create("two", Grant.All);

        Assert.True(_stores.Tokens.Revoke(byId.Id));
        Assert.Null(_stores.Tokens.Find(firstSecret));
        Assert.NotNull(_stores.Tokens.Find(secondSecret));
        Assert.True(_stores.Tokens.Revoke("two"));
        Assert.Null(_stores.Tokens.Find(secondSecret));
        Assert.False(_stores.Tokens.Revoke("two"));
    }

    public void Dispose()
    {
        _state.Dispose();
        _folder.Dispose();
    }

    /// <summary>The store holds its files open.</summary>
    private string Copy(string file)
    {
        Directory.CreateDirectory(_folder.File("copies"));
        var copy = _folder.File(Path.Combine("copies", Path.GetFileName(file)));
        File.Copy(file, copy);
        return copy;
    }
}
