using Berth.Control.Secrets;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>
/// The one SQLite file that holds what users asked for (WAL, full sync: what was acknowledged is on disk). One connection, used by one
/// thread at a time; every call is short and synchronous. The nouns' own classes in this folder hold the SQL.
/// </summary>
public sealed class StateStore : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Lock _lock = new();
    private long _written;

    private StateStore(SqliteConnection connection, ValueCipher cipher) => (_connection, Cipher) = (connection, cipher);

    /// <summary>How often something was written: who read everything at that number knows it still.</summary>
    internal long Written => Interlocked.Read(ref _written);

    /// <summary>For what is stored of variables, and of URLs with passwords.</summary>
    internal ValueCipher Cipher { get; }

    /// <summary>
    /// Opens or makes the file, with the key of its secrets in the folder <c>keys</c> beside it, and brings its schema up to date. A schema newer than this program, or a key that is
    /// not the file's, is an <see cref="InvalidOperationException"/>.
    /// </summary>
    public static StateStore Open(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            // What is deleted or replaced is overwritten: a value that was set in the clear, before there was encryption, must not stay in a free page.
            connection.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000; PRAGMA secure_delete=ON;");
            var cipher = new ValueCipher(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, ControlOptions.KeysFolderName));
            Schema.Migrate(connection, path, cipher);
            connection.Execute("PRAGMA wal_checkpoint(TRUNCATE);");
            return new StateStore(connection, cipher);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal T Read<T>(Func<SqliteConnection, T> read)
    {
        lock (_lock)
            return read(_connection);
    }

    /// <summary>Runs <paramref name="write"/> in a transaction: all of it is stored, or nothing.</summary>
    internal T Write<T>(Func<SqliteConnection, T> write)
    {
        lock (_lock)
        {
            using var transaction = _connection.BeginTransaction();
            var result = write(_connection);
            transaction.Commit();
            Interlocked.Increment(ref _written);
            return result;
        }
    }

    internal void Write(Action<SqliteConnection> write) => Write(db =>
    {
        write(db);
        return 0;
    });

    /// <summary>A single value that belongs to no noun, such as the owner's id; null where it was never set.</summary>
    public string? GetValue(string key) => Read(db => db.Text("SELECT value FROM meta WHERE key = @key", ("@key", key)));

    /// <summary>Null removes it.</summary>
    public void SetValue(string key, string? value) => Write(db => value is null
        ? db.Execute("DELETE FROM meta WHERE key = @key", ("@key", key))
        : db.Execute("INSERT INTO meta (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = @value", ("@key", key), ("@value", value)));

    /// <summary>Lets a write that is under way end first.</summary>
    public void Dispose()
    {
        lock (_lock)
            _connection.Dispose();
    }
}
