using Berth.Control.Access;
using Berth.Control.Store;
using Berth.Model;
using Berth.Testing;
using Microsoft.Data.Sqlite;

namespace Berth.Control.Tests;

/// <summary>State files of the schemas before values were encrypted, written here as they were then, are opened by today's stores with all that was in them.</summary>
public sealed class MigrationTests : IDisposable
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    /// <summary>What each step has made, and rows for it. Never to be changed; what is released next is added.</summary>
    private static readonly (string Tables, string Rows)[] Released =
    [
        (
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
            """"
            INSERT INTO apps (name, created_at, subnet, active_release, target_deployment, deleting) VALUES ('shop', 1700000000000, 7, 'shop-v1', 'dep-2', 0), ('gone', 1700000000000, 8, NULL, NULL, 1);
            INSERT INTO releases (id, app, number, body) VALUES ('shop-v1', 'shop', 1, '{"Id":"shop-v1","App":"shop","Number":1,"CreatedAt":"2023-11-14T22:13:20+00:00","FileEnv":[{"Key":"A","Value":"file"}],"Config":[{"Key":"B","Value":"x=\u0022y\u0022"}],"Services":[{"Definition":{"Name":"web","Command":"serve","DefaultPort":3000,"Env":[],"Scaling":{"Mode":"Auto","Instances":1,"RequestsPerInstance":10,"ScaleDownDelay":"00:15:00","MinInstances":0,"MaxInstances":20,"Standby":1,"StandbyDelay":"01:00:00"},"MemoryBytes":1073741824,"StopTimeout":"00:00:10","Disks":[],"Source":"Procfile:1","Defaults":[]},"ImageId":"sha256:1","ImageName":"shop:v1","ImageHasEntrypoint":false,"Port":3000,"PoolId":"pool-1"}],"ReleaseCommand":"migrate","Commit":"abc1234","Description":"deploy"}');
            INSERT INTO pools (id, app, release, service) VALUES ('pool-1', 'shop', 'shop-v1', 'web');
            INSERT INTO deployments (id, app, release, phase, outcome, error, description, started_at, ended_at) VALUES ('dep-1', 'shop', 'shop-v1', 'Done', 'Succeeded', NULL, 'deploy', 1700000000000, 1700000001000), ('dep-2', 'shop', 'shop-v1', 'Switch', 'Running', NULL, 'set B', 1700000000000, NULL);
            INSERT INTO config (app, key, value) VALUES ('shop', 'B', 'x="y"');
            INSERT INTO settings (app, service, scale, memory, cpu, renewed_at) VALUES ('shop', 'web', 'auto:1-3', 268435456, 0.5, 1700000000000);
            INSERT INTO crashes (pool, app, count, at, sandbox, exit_code, out_of_memory, last_lines) VALUES ('pool-1', 'shop', 3, 1700000000000, 'shop-web-1', 137, 1, '["one","two"]');
            INSERT INTO routes (host, app) VALUES ('shop.example.com', 'shop');
            INSERT INTO tokens (id, name, hash, created_at, last_used_at) VALUES ('tok-1', 'admin', 'c0ffee', 1700000000000, NULL);
            INSERT INTO meta (key, value) VALUES ('owner', 'owner-1'), ('default_app', 'shop');
            """"),
        (
            """
            CREATE TABLE hidden_apps (
                app TEXT PRIMARY KEY REFERENCES apps (name) ON DELETE CASCADE
            );
            """,
            """"
            INSERT INTO hidden_apps (app) VALUES ('shop');
            """"),
        (
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
            """"
            INSERT INTO disks (name, size, file_system, created_at, used, generation, holder, holder_app, leased_at) VALUES ('data', 1073741824, 'ext4', 1700000000000, 4096, 5, 'shop-db-1', 'shop', 1700000000000);
            """"),
        (
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
            """"
            INSERT INTO capsules (sandbox, app, pool, service, release, last_good, at, started_at, exit_code, out_of_memory, start_error, count, lines) VALUES ('shop-web-1', 'shop', 'pool-1', 'web', 'shop-v1', NULL, 1700000000000, 1700000000000, 137, 1, NULL, 3, '["one","two"]');
            """"),
        (
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
            """"
            INSERT INTO maintenance (app, since, retry_after) VALUES ('shop', 1700000000000, 60);
            """"),
        (
            """
            CREATE TABLE automatic_certificates (
                host TEXT PRIMARY KEY,
                failures INTEGER NOT NULL,
                next_try_at INTEGER NOT NULL,
                problem TEXT
            );
            """,
            """"
            INSERT INTO automatic_certificates (host, failures, next_try_at, problem) VALUES ('shop.example.com', 1, 1700000000000, 'no answer');
            """"),
        (
            """
            ALTER TABLE deployments ADD COLUMN watch INTEGER NOT NULL DEFAULT 0;
            """,
            """"
            UPDATE deployments SET watch = 0;
            """"),
        (
            """
            ALTER TABLE capsules ADD COLUMN memory TEXT;
            """,
            """"
            UPDATE capsules SET memory = NULL;
            """"),
        (
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
            """"
            INSERT INTO drains (id, app, url, created_at, segment, offset, dropped) VALUES ('drain-1', 'shop', 'https://ann:drain-secret@logs.example.com/in', 1700000000000, 2, 30, 4);
            """"),
        (
            """
            ALTER TABLE tokens ADD COLUMN role TEXT NOT NULL DEFAULT 'Admin';
            ALTER TABLE tokens ADD COLUMN apps TEXT;
            """,
            """"
            UPDATE tokens SET role = 'Admin';
            """"),
        (
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
            """"
            INSERT INTO audit (at, token, token_id, method, path, operation) VALUES (1700000000000, 'admin', 'tok-1', 'POST', '/v1/apps', 'Make an app');
            """"),
    ];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<int> Schemas => [.. Enumerable.Range(1, Released.Length)];

    private string Path => _folder.File("berth.db");

    [Theory]
    [MemberData(nameof(Schemas))]
    public void A_file_of_an_older_schema_keeps_all_that_is_in_it(int schema)
    {
        Write(schema);

        using var state = StateStore.Open(Path);
        var stores = new Stores(state, TimeProvider.System);

        AssertAppIsRead(stores);
        AssertRunIsRead(stores);
        Assert.Equal("owner-1", state.GetValue("owner"));
        Assert.Equal("shop", stores.Routes.GetDefault());
        Assert.Equal(new RoutedHost("shop.example.com", "shop"), Assert.Single(stores.Routes.List()));
        Assert.Equal(("admin", Grant.All), (stores.Tokens.List().Single() is var token ? (token.Name, token.Grant) : default));
        Assert.Equal(schema >= 2 ? ["shop"] : [], stores.Routes.ListHidden());
        Assert.Equal(
            schema >= 3 ? [new Disk { Name = "data", Size = 1 << 30, FileSystem = "ext4", CreatedAt = At, Used = 4096, Generation = 5, Lease = new("shop-db-1", "shop", At) }] : [],
            stores.Disks.List());
        Assert.Equal(schema >= 4 ? ["one", "two"] : [], stores.Capsules.Find("shop-web-1")?.Lines ?? []);
        Assert.Equal(schema >= 9 ? [new Drain("drain-1", "shop", "https://ann:drain-secret@logs.example.com/in", At, new(2, 30), 4)] : [], stores.Drains.List());
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public void A_file_of_an_older_schema_ends_with_the_tables_of_a_new_one(int schema)
    {
        Write(schema);
        StateStore.Open(Path).Dispose();
        StateStore.Open(_folder.File("new.db")).Dispose();

        Assert.Equal(Tables(_folder.File("new.db")), Tables(Path));
    }

    [Fact]
    public void Values_that_were_kept_in_the_clear_are_in_the_file_no_more()
    {
        Write(Released.Length);
        Assert.Contains("drain-secret", System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(Path)), StringComparison.Ordinal);

        StateStore.Open(Path).Dispose();

        foreach (var file in Directory.EnumerateFiles(_folder.Path))
        {
            var text = System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(file));
            Assert.DoesNotContain("migrate", text, StringComparison.Ordinal);
            Assert.DoesNotContain("x=\"y\"", text, StringComparison.Ordinal);
            Assert.DoesNotContain("drain-secret", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_key_is_readable_by_its_owner_only_and_nothing_is_opened_with_another()
    {
        using (var state = StateStore.Open(Path))
        {
            var stores = new Stores(state, TimeProvider.System);
            stores.Apps.TryCreate("shop", DateTimeOffset.UnixEpoch);
            stores.Apps.ReplaceConfig("shop", [new EnvVar("KEY", "value")]);
        }
        var keys = _folder.File("keys");
        Assert.All(Directory.EnumerateFiles(keys), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        StateStore.Open(Path).Dispose();
        Assert.Single(Directory.EnumerateFiles(keys));

        Directory.Delete(keys, recursive: true);

        Assert.Contains("encrypted with a key that is not in", Assert.Throws<InvalidOperationException>(() => StateStore.Open(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_a_newer_schema_is_refused_and_left_as_it_is()
    {
        Write(schema: 1);
        using (var db = Connect(Path))
            Execute(db, "UPDATE meta SET value = '999' WHERE key = 'schema'");
        var before = Tables(Path);

        var refused = Assert.Throws<InvalidOperationException>(() => StateStore.Open(Path));

        Assert.Contains("has schema 999", refused.Message, StringComparison.Ordinal);
        Assert.Contains("start the newer berthd", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Tables(Path));
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertAppIsRead(Stores stores)
    {
        Assert.Equal(["gone", "shop"], stores.Apps.List().Select(a => a.Name));
        Assert.Equal(new AppRecord { Name = "shop", CreatedAt = At, Subnet = 7, ActiveRelease = "shop-v1", TargetDeployment = "dep-2" }, stores.Apps.Find("shop"));
        Assert.True(stores.Apps.Find("gone")!.Deleting);
        Assert.Equal([new EnvVar("B", "x=\"y\"")], stores.Apps.Config("shop"));
        var release = stores.Releases.Find("shop-v1")!;
        Assert.Equal([new EnvVar("A", "file"), new EnvVar("B", "x=\"y\"")], release.Env);
        Assert.Equal(("migrate", "abc1234", At), (release.ReleaseCommand, release.Commit, release.CreatedAt));
        var web = Assert.Single(release.Services);
        Assert.Equal(("web", "serve", 3000, "pool-1"), (web.Definition.Name, web.Definition.Command, web.Port, web.PoolId));
        Assert.Equal(Scaling.Automatic(), web.Definition.Scaling);
        Assert.Equal(new PoolRecord("pool-1", "shop", "shop-v1", "web"), Assert.Single(stores.Releases.Pools("shop")));
        Assert.Equal(new ServiceSetting { Scale = "auto:1-3", MemoryBytes = 256 << 20, Cpu = 0.5, RenewedAt = At }, stores.Settings.List("shop")["web"]);
    }

    private static void AssertRunIsRead(Stores stores)
    {
        Assert.Equal(
            new Deployment { Id = "dep-1", App = "shop", ReleaseId = "shop-v1", Phase = DeploymentPhase.Done, Outcome = DeploymentOutcome.Succeeded, Description = "deploy", StartedAt = At, EndedAt = At.AddSeconds(1) },
            stores.Deployments.Find("dep-1"));
        Assert.Equal(DeploymentPhase.Switch, Assert.Single(stores.Deployments.ListRunning()).Phase);
        Assert.Equal(At.AddSeconds(1), stores.Deployments.DeployedAt("shop-v1"));
        var crash = stores.Crashes.List("shop")["pool-1"];
        Assert.Equal((3, 137, true, "shop-web-1"), (crash.Count, crash.ExitCode, crash.OutOfMemory, crash.Sandbox));
        Assert.Equal(["one", "two"], crash.LastLines);
    }

    private void Write(int schema)
    {
        SQLitePCL.Batteries_V2.Init();
        using var db = Connect(Path);
        Execute(db, "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)");
        Execute(db, $"INSERT INTO meta (key, value) VALUES ('schema', '{schema}')");
        foreach (var (tables, rows) in Released.Take(schema))
            Execute(db, tables + rows);
    }

    private static SqliteConnection Connect(string path)
    {
        var db = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        db.Open();
        return db;
    }

    private static void Execute(SqliteConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Every column of every table, and every index: <c>apps.subnet INTEGER 1</c>.</summary>
    private static List<string> Tables(string path)
    {
        using var db = Connect(path);
        using var command = db.CreateCommand();
        command.CommandText = """
            SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '') FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'
            UNION ALL SELECT 'index ' || name FROM sqlite_master WHERE type = 'index' ORDER BY 1
            """;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
