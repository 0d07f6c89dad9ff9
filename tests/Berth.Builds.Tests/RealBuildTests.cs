using System.Text;
using Berth.Model;
using Berth.Testing;

namespace Berth.Builds.Tests;

/// <summary>Real images by a real engine and real Debian packages. The first run makes the stacks (a minute each); later ones find them in the engine.</summary>
public sealed class RealBuildTests(SharedStacks stacks)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("stack/base", "test $(id -u) = 0 && apt-get --version && test -s /etc/ssl/certs/ca-certificates.crt")]
    [InlineData("stack/python", "python --version && python3 -m venv /tmp/venv && /tmp/venv/bin/pip --version && test $(stat -c %U /app) = app")]
    [InlineData("stack/node", "node --version && npm --version && test $(stat -c %U /app) = app")]
    [InlineData("stack/ruby", "ruby --version && bundle --version")]
    [InlineData("stack/java-build", "javac --version && mvn --version")]
    [InlineData("stack/java", "java --version && ! javac --version")]
    [InlineData("stack/redis", "redis-server --port 63791 --daemonize yes && until redis-cli -p 63791 ping; do sleep 0.1; done && test $(id -un) = redis")]
    public async Task A_stack_holds_what_it_is_for(string reference, string command)
    {
        await using var engine = RealEngine.Connect();
        using var source = new SourceFolder(("Dockerfile", $"FROM {reference}\nRUN {command}\n"));

        var (result, output) = await BuildAsync(engine, source.Path, new BuildDefinition());

        Assert.True(result.Error is null, $"{result.Error}\n{output}");
    }

    [Fact]
    public async Task Redis_is_reachable_from_other_sandboxes_and_keeps_nothing_by_itself()
    {
        await using var engine = RealEngine.Connect();

        var image = (await Builder(engine).ResolveServiceImageAsync("stack/redis", _ => { }, Ct)).Image!;

        Assert.Equal([6379], image.ExposedTcpPorts);
        Assert.Equal("redis-server --bind 0.0.0.0 --protected-mode no --save  --appendonly no", string.Join(' ', image.Cmd));
        Assert.Equal("redis", image.User);
    }

    /// <summary>The sandbox's life in one build step: made, stopped by SIGTERM with a client connected, started again on the same data.</summary>
    [Fact]
    public async Task Postgres_keeps_its_data_and_stops_at_once_on_sigterm()
    {
        await using var engine = RealEngine.Connect();
        const string script = """
            #!/bin/sh
            set -eu
            export POSTGRES_USER=shop POSTGRES_PASSWORD=secret POSTGRES_DB=orders PGPASSWORD=secret
            start() { berth-postgres -c port=54329 & server=$!; until pg_isready -q -h 127.0.0.1 -p 54329; do kill -0 $server; sleep 0.2; done; }
            sql() { psql -h 127.0.0.1 -p 54329 -U shop -d orders -v ON_ERROR_STOP=1 -Atc "$1"; }
            start
            sql "create table item (name text); insert into item values ('tea')"
            sql "select pg_sleep(600)" & sleep 0.5
            kill -TERM $server; wait $server
            start
            test "$(sql 'select name from item')" = tea
            ! PGPASSWORD=wrong sql 'select 1'
            kill -TERM $server; wait $server
            echo all of it works
            """;
        using var source = new SourceFolder(("check.sh", script), ("Dockerfile", "FROM stack/postgres\nCOPY check.sh /tmp/\nRUN sh /tmp/check.sh\n"));

        var (result, output) = await BuildAsync(engine, source.Path, new BuildDefinition());

        Assert.True(result.Error is null, $"{result.Error}\n{output}");
        Assert.Equal([5432], result.Image!.ExposedTcpPorts);
    }

    [Fact]
    public async Task Postgres_without_a_password_says_what_to_set()
    {
        await using var engine = RealEngine.Connect();
        using var source = new SourceFolder(("Dockerfile", "FROM stack/postgres\nRUN berth-postgres\n"));

        var (result, output) = await BuildAsync(engine, source.Path, new BuildDefinition());

        Assert.Equal("build-failed", result.Error?.Code);
        Assert.Contains("POSTGRES_PASSWORD is not set; set it in the env of this service.", output);
    }

    [Theory]
    [InlineData("python-hello")]
    [InlineData("node-hello")]
    [InlineData("ruby-hello")]
    [InlineData("php-hello")]
    [InlineData("go-hello")]
    [InlineData("rust-hello")]
    [InlineData("static-hello")]
    [InlineData("dotnet-hello")]
    public async Task A_sample_without_a_dockerfile_runs_as_an_unprivileged_user(string sample)
    {
        await using var engine = RealEngine.Connect();

        var (result, output) = await BuildAsync(engine, Path.Combine(RepositoryRoot.Find(), "samples", sample), new BuildDefinition { OnBuild = ["test $(id -un):$HOME:$PWD = app:/app:/app && test -O /app && touch built"] });

        Assert.True(result.Error is null, $"{result.Error}\n{output}");
        Assert.Equal(("app", "/app", false), (result.Image!.User, result.Image.WorkingDir, result.Image.HasCommand));
    }

    [Theory]
    [InlineData("dockerfile-cmd", "python server.py")]
    [InlineData("ruby-sinatra", "ruby app.rb")]
    public async Task A_sample_with_a_dockerfile_keeps_its_command(string sample, string command)
    {
        await using var engine = RealEngine.Connect();

        var (result, output) = await BuildAsync(engine, Path.Combine(RepositoryRoot.Find(), "samples", sample), new BuildDefinition());

        Assert.True(result.Error is null, $"{result.Error}\n{output}");
        Assert.Equal(command, string.Join(' ', result.Image!.Cmd));
    }

    [Fact]
    public async Task A_second_build_without_a_dependency_change_skips_the_install()
    {
        await using var engine = RealEngine.Connect();
        // pip is in every virtual environment, so this installs without a network.
        using var source = new SourceFolder(("requirements.txt", $"--no-index\n# {source_id()}\npip\n"), ("app.py", "print(1)"));
        var (_, first) = await BuildAsync(engine, source.Path, new BuildDefinition());
        source.Write("app.py", "print(2)");
        File.SetLastWriteTimeUtc(Path.Combine(source.Path, "requirements.txt"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var (result, second) = await BuildAsync(engine, source.Path, new BuildDefinition());

        Assert.True(result.Error is null, $"{result.Error}\n{second}");
        Assert.Contains("already satisfied", first);
        Assert.DoesNotContain("already satisfied", second);
        Assert.Equal("print(2)", await ReadAsync(engine, result.Image!, "/app/app.py"));

        static string source_id() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));
    }

    [Fact]
    public async Task Node_packages_out_of_the_source_are_installed_and_built()
    {
        await using var engine = RealEngine.Connect();
        using var source = new SourceFolder(
            ("package.json", """{ "dependencies": { "greeter": "file:./greeter" }, "scripts": { "build": "node -p \"require('greeter')\" > built.txt" } }"""),
            ("greeter/package.json", """{ "name": "greeter", "version": "1.0.0", "main": "index.js" }"""),
            ("greeter/index.js", "module.exports = 'hello from a package';"),
            ("node_modules/stale.js", "never sent"));

        var (result, output) = await BuildAsync(engine, source.Path, new BuildDefinition());

        Assert.True(result.Error is null, $"{result.Error}\n{output}");
        Assert.Equal("hello from a package\n", await ReadAsync(engine, result.Image!, "/app/built.txt"));
        Assert.Null(await ReadAsync(engine, result.Image!, "/app/node_modules/stale.js"));
    }

    [Fact]
    public async Task A_failing_step_is_named_with_what_it_printed()
    {
        await using var engine = RealEngine.Connect();
        using var source = new SourceFolder(("Dockerfile", "FROM stack/base\nRUN echo cannot find the flour && exit 7\n"));

        var (result, _) = await BuildAsync(engine, source.Path, new BuildDefinition());

        Assert.Equal("build-failed", result.Error?.Code);
        Assert.Contains("at Step 2/", result.Error!.Message);
        Assert.Contains("cannot find the flour", result.LastLines);
    }

    [Fact]
    public async Task A_step_that_takes_too_much_memory_is_killed_and_the_limit_named()
    {
        await using var engine = RealEngine.Connect();
        using var source = new SourceFolder(("Dockerfile", "FROM stack/python\nRUN exec python -c \"x = bytearray(300 << 20)\"\n"));

        var (result, output) = await BuildAsync(engine, source.Path, new BuildDefinition(), new BuildOptions { MemoryBytes = 64 * ByteSize.MiB });

        Assert.True(result.Error is not null, output);
        Assert.Equal("build-out-of-memory", result.Error.Code);
        Assert.Contains("ran out of memory at Step 2/", result.Error.Message);
        Assert.Contains("a step may use 64 MB", result.Error.Message);
        Assert.Contains("--build-memory", result.Error.Hint);
    }

    private ImageBuilder Builder(RealEngine engine, BuildOptions? options = null) =>
        new(engine.Images, stacks.Connect(), options ?? new BuildOptions(), TimeProvider.System);

    private async Task<(BuildResult Result, string Output)> BuildAsync(RealEngine engine, string source, BuildDefinition definition, BuildOptions? options = null)
    {
        var output = new StringBuilder();
        var request = new BuildRequest { App = engine.Options.Owner, SourceDirectory = source, Definition = definition, DeploymentId = "dep-1" };
        var result = await Builder(engine, options).BuildAsync(request, piece => output.Append(piece), Ct);
        return (result, output.ToString());
    }

    private static async Task<string?> ReadAsync(RealEngine engine, ImageInfo image, string path) =>
        await engine.Images.ReadFileAsync(image.Id, path, 1024 * 1024, Ct) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
