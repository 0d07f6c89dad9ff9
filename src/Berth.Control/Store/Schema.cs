using System.Globalization;
using System.Security.Cryptography;
using Berth.Control.Secrets;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Store;

/// <summary>
/// The tables, as a list of steps: step n leads from schema n to n + 1. Released steps never change; a new need is a new step. Times are
/// Unix milliseconds.
/// </summary>
internal static class Schema
{
    /// <summary>The step with which all values that are there are encrypted.</summary>
    private const string EncryptingStep = "ALTER TABLE config ADD COLUMN secret INTEGER NOT NULL DEFAULT 0;";

    /// <summary>The step with which the URLs of log drains are: they hold passwords. What was in the clear is to be cleaned away once more.</summary>
    private const string DrainEncryptingStep = $"DELETE FROM meta WHERE key = '{Cleaned}';";

    /// <summary>Set once what was stored in the clear is gone from free pages too.</summary>
    private const string Cleaned = "cleaned";

    private static readonly string[] Steps =
    [
        """
        CREATE TABLE apps (
            name TEXT PRIMARY KEY,
            created_at INTEGER NOT NULL,
            subnet INTEGER NOT NULL UNIQUE,
            active_release TEXT,
            target_deployment TEXT,
            deleting INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE releases (
            id TEXT PRIMARY KEY,
            app TEXT NOT NULL REFERENCES apps (name) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            body TEXT NOT NULL,
            UNIQUE (app, number)
        );
        CREATE TABLE pools (
            id TEXT PRIMARY KEY,
            app TEXT NOT NULL REFERENCES apps (name) ON DELETE CASCADE,
            release TEXT NOT NULL,
            service TEXT NOT NULL
        );
        CREATE INDEX pools_by_app ON pools (app);
        CREATE TABLE deployments (
            id TEXT PRIMARY KEY,
            app TEXT NOT NULL REFERENCES apps (name) ON DELETE CASCADE,
            release TEXT,
            phase TEXT NOT NULL,
            outcome TEXT NOT NULL,
            error TEXT,
            description TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at INTEGER
        );
        CREATE INDEX deployments_by_app ON deployments (app);
        CREATE TABLE config (
            app TEXT NOT NULL REFERENCES apps (name) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (app, key)
        );
        CREATE TABLE settings (
            app TEXT NOT NULL REFERENCES apps (name) ON DELETE CASCADE,
            service TEXT NOT NULL,
            scale TEXT,
            memory INTEGER,
            cpu REAL,
            renewed_at INTEGER,
            PRIMARY KEY (app, service)
        );
        CREATE TABLE crashes (
            pool TEXT PRIMARY KEY,
            app TEXT NOT NULL REFERENCES apps (name) ON DELETE CASCADE,
            count INTEGER NOT NULL,
            at INTEGER NOT NULL,
            sandbox TEXT NOT NULL,
            exit_code INTEGER NOT NULL,
            out_of_memory INTEGER NOT NULL,
            last_lines TEXT NOT NULL
        );
        CREATE TABLE routes (
            host TEXT PRIMARY KEY,
            app TEXT NOT NULL REFERENCES apps (name) ON DELETE CASCADE
        );
        CREATE TABLE tokens (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            hash TEXT NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            last_used_at INTEGER
        );
        """,
        """
        CREATE TABLE hidden_apps (
            app TEXT PRIMARY KEY REFERENCES apps (name) ON DELETE CASCADE
        );
        """,
        """
        CREATE TABLE disks (
            name TEXT PRIMARY KEY,
            size INTEGER NOT NULL,
            file_system TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            used INTEGER,
            generation INTEGER NOT NULL DEFAULT 0,
            holder TEXT,
            holder_app TEXT,
            leased_at INTEGER
        );
        """,
        """
        CREATE TABLE capsules (
            sandbox TEXT PRIMARY KEY,
            app TEXT NOT NULL REFERENCES apps (name) ON DELETE CASCADE,
            pool TEXT NOT NULL,
            service TEXT NOT NULL,
            release TEXT NOT NULL,
            last_good TEXT,
            at INTEGER NOT NULL,
            started_at INTEGER,
            exit_code INTEGER NOT NULL,
            out_of_memory INTEGER NOT NULL,
            start_error TEXT,
            count INTEGER NOT NULL,
            lines TEXT NOT NULL
        );
        CREATE INDEX capsules_by_app ON capsules (app, at);
        """,
        """
        CREATE TABLE addresses (
            host TEXT NOT NULL,
            path TEXT NOT NULL,
            app TEXT NOT NULL REFERENCES apps (name) ON DELETE CASCADE,
            rules TEXT,
            PRIMARY KEY (host, path)
        );
        INSERT INTO addresses (host, path, app) SELECT host, '', app FROM routes;
        DROP TABLE routes;
        ALTER TABLE addresses RENAME TO routes;
        CREATE TABLE maintenance (
            app TEXT PRIMARY KEY REFERENCES apps (name) ON DELETE CASCADE,
            since INTEGER NOT NULL,
            retry_after INTEGER
        );
        """,
        """
        CREATE TABLE automatic_certificates (
            host TEXT PRIMARY KEY,
            failures INTEGER NOT NULL,
            next_try_at INTEGER NOT NULL,
            problem TEXT
        );
        """,
        """
        ALTER TABLE deployments ADD COLUMN watch INTEGER NOT NULL DEFAULT 0;
        """,
        """
        ALTER TABLE capsules ADD COLUMN memory TEXT;
        """,
        """
        CREATE TABLE drains (
            id TEXT PRIMARY KEY,
            app TEXT NOT NULL REFERENCES apps (name) ON DELETE CASCADE,
            url TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            segment INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            dropped INTEGER NOT NULL DEFAULT 0,
            UNIQUE (app, url)
        );
        """,
        """
        ALTER TABLE tokens ADD COLUMN role TEXT NOT NULL DEFAULT 'Admin';
        ALTER TABLE tokens ADD COLUMN apps TEXT;
        """,
        """
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            token TEXT NOT NULL,
            token_id TEXT NOT NULL,
            method TEXT NOT NULL,
            path TEXT NOT NULL,
            app TEXT,
            operation TEXT NOT NULL,
            detail TEXT,
            address TEXT,
            status INTEGER
        );
        CREATE INDEX audit_by_app ON audit (app, number);
        """,
        EncryptingStep,
        """
        CREATE TABLE cron_runs (
            id TEXT PRIMARY KEY,
            app TEXT NOT NULL REFERENCES apps (name) ON DELETE CASCADE,
            cron TEXT NOT NULL,
            release TEXT NOT NULL,
            due INTEGER,
            at INTEGER NOT NULL,
            deadline INTEGER NOT NULL,
            ended_at INTEGER,
            outcome TEXT NOT NULL,
            exit_code INTEGER,
            problem TEXT
        );
        CREATE INDEX cron_runs_by_cron ON cron_runs (app, cron, at);
        CREATE INDEX cron_runs_under_way ON cron_runs (at) WHERE outcome = 'Running';
        """,
        """
        CREATE TABLE backup_schedules (
            disk TEXT PRIMARY KEY REFERENCES disks (name) ON DELETE CASCADE,
            schedule TEXT NOT NULL,
            keep INTEGER NOT NULL,
            folder TEXT,
            proof_schedule TEXT,
            check_command TEXT,
            service TEXT,
            since INTEGER NOT NULL,
            proof_since INTEGER NOT NULL
        );
        CREATE TABLE backups (
            id TEXT PRIMARY KEY,
            disk TEXT NOT NULL,
            at INTEGER NOT NULL,
            path TEXT NOT NULL,
            size INTEGER,
            problem TEXT,
            proven_at INTEGER,
            tried_at INTEGER,
            proof_problem TEXT
        );
        CREATE INDEX backups_by_disk ON backups (disk, at);
        """,
        DrainEncryptingStep,
        """
        ALTER TABLE capsules ADD COLUMN sidecar TEXT;
        """,
    ];

    public static void Migrate(SqliteConnection db, string path, ValueCipher cipher)
    {
        db.Execute("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)");
        var version = (int)(db.Number("SELECT value FROM meta WHERE key = 'schema'") ?? 0);
        if (version > Steps.Length)
            throw new InvalidOperationException($"{path} has schema {version}, but this berthd knows schemas up to {Steps.Length}; start the newer berthd that wrote it");
        for (; version < Steps.Length; version++)
        {
            using var transaction = db.BeginTransaction();
            db.Execute(Steps[version]);
            if (ReferenceEquals(Steps[version], EncryptingStep))
                EncryptValues(db, cipher);
            if (ReferenceEquals(Steps[version], DrainEncryptingStep))
                Encrypt(db, cipher, "drains", "url");
            db.Execute("INSERT INTO meta (key, value) VALUES ('schema', @next) ON CONFLICT (key) DO UPDATE SET value = @next", ("@next", (version + 1).ToString(CultureInfo.InvariantCulture)));
            transaction.Commit();
        }
        if (db.Text("SELECT value FROM config UNION ALL SELECT body FROM releases UNION ALL SELECT url FROM drains LIMIT 1") is { } encrypted)
            CheckKey(encrypted, path, cipher);
        if (db.Text("SELECT value FROM meta WHERE key = @key", ("@key", Cleaned)) is not null)
            return;
        // Pages that were freed before deleted content was overwritten may still hold values. Noted after it is done, so that a kill only makes it happen again.
        db.Execute("VACUUM");
        db.Execute("INSERT INTO meta (key, value) VALUES (@key, '')", ("@key", Cleaned));
    }

    private static void EncryptValues(SqliteConnection db, ValueCipher cipher)
    {
        Encrypt(db, cipher, "config", "value");
        Encrypt(db, cipher, "releases", "body");
    }

    private static void Encrypt(SqliteConnection db, ValueCipher cipher, string table, string column)
    {
        foreach (var (row, text) in db.Query($"SELECT rowid, {column} FROM {table}", row => (row.GetInt64(0), row.GetString(1))))
            db.Execute($"UPDATE {table} SET {column} = @text WHERE rowid = @row", ("@text", cipher.Encrypt(text)), ("@row", row));
    }

    private static void CheckKey(string encrypted, string path, ValueCipher cipher)
    {
        try
        {
            cipher.Decrypt(encrypted);
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException($"the secrets in {path} are encrypted with a key that is not in {Path.Combine(Path.GetDirectoryName(path)!, ControlOptions.KeysFolderName)}; put the folder back that belongs to this file", e);
        }
    }
}
