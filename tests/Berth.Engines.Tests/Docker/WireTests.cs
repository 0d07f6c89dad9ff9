using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Testing;
using Berth.Testing.Docker;

namespace Berth.Engines.Tests.Docker;

/// <summary>What goes over the socket: versions, refusals, time limits, engines that go away.</summary>
public sealed class WireTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private FakeDocker _docker = null!;
    private DockerEngine _engine = null!;
    private DockerImages _images = null!;

    public async ValueTask InitializeAsync()
    {
        // One clock for both, as engine and Berth have on one machine.
        _docker = await FakeDocker.StartAsync(_clock);
        _docker.AddImage("app", new FakeImage { Cmd = ["server"] });
        var options = new DockerEngineOptions { Socket = _docker.Socket, Owner = "me" };
        _engine = new DockerEngine(options, _clock);
        _images = new DockerImages(options, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _engine.Dispose();
        _images.Dispose();
        await _docker.DisposeAsync();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static SandboxSpec Spec(int number = 1) => new()
    {
        Id = $"demo-web-{number}",
        App = "demo",
        ReleaseId = "demo-v1",
        Service = "web",
        PoolId = "pool-1",
        ImageId = "app",
        Env = [],
        Network = new AppNetwork("demo", "10.80.0.0/16"),
        MemoryBytes = 128 * ByteSize.MiB,
        Cpu = 0.5,
        StopTimeout = TimeSpan.FromSeconds(7.2),
    };

    [Theory]
    [InlineData("1.41", "1.12", "/v1.41")]
    [InlineData("1.52", "1.44", "/v1.44")]
    [InlineData("1.43", null, "/v1.41")]
    [InlineData("2.0", "1.50", "/v1.50")]
    public void The_oldest_version_that_both_know_is_spoken(string api, string? minimum, string prefix) =>
        Assert.Equal(prefix, ApiVersion.Negotiate(new() { Version = "x", ApiVersion = api, MinApiVersion = minimum }));

    [Theory]
    [InlineData("1.40")]
    [InlineData("")]
    public void An_engine_that_is_too_old_is_named_with_what_is_needed(string api)
    {
        var error = Assert.Throws<EngineException>(() => ApiVersion.Negotiate(new() { Version = "19.03", ApiVersion = api }));

        Assert.Contains("19.03", error.Message);
        Assert.Contains("1.41", error.Message);
    }

    [Fact]
    public async Task An_engine_that_refuses_old_versions_is_spoken_to_in_its_own()
    {
        (_docker.ApiVersion, _docker.MinApiVersion) = ("1.52", "1.44");

        Assert.Empty(await _engine.ListSandboxesAsync(null, Ct));
    }

    [Fact]
    public async Task An_engine_that_comes_back_newer_is_asked_again()
    {
        await _engine.ListSandboxesAsync(null, Ct);
        await _docker.GoAwayAsync();
        var error = await Assert.ThrowsAsync<EngineException>(() => _engine.ListSandboxesAsync(null, Ct));
        Assert.Equal(EngineError.Unreachable, error.Error);
        Assert.Contains(_docker.Socket, error.Message);

        (_docker.ApiVersion, _docker.MinApiVersion) = ("1.52", "1.44");
        await _docker.ComeBackAsync();

        Assert.Empty(await _engine.ListSandboxesAsync(null, Ct));
    }

    [Fact]
    public async Task A_sandbox_gets_its_limits_and_no_more_rights_than_it_needs()
    {
        await StartAsync(Spec());

        var request = _docker.Container("demo-web-1").Request;
        var host = request["HostConfig"]!;
        Assert.Equal(128 << 20, (long)host["Memory"]!);
        Assert.Equal(128 << 20, (long)host["MemorySwap"]!);
        Assert.Equal(500_000_000, (long)host["NanoCpus"]!);
        Assert.Equal(512, (long)host["PidsLimit"]!);
        Assert.Equal(8, (int)request["StopTimeout"]!);
        Assert.True((bool)host["Init"]!);
        Assert.Equal("berth-me-demo", (string)host["NetworkMode"]!);
        Assert.Equal("""["ALL"]""", host["CapDrop"]!.ToJsonString());
        Assert.Equal("""["no-new-privileges:true"]""", host["SecurityOpt"]!.ToJsonString());
        Assert.Equal("""{"Name":"no"}""", host["RestartPolicy"]!.ToJsonString());
        Assert.Equal("""{"Type":"json-file","Config":{"max-size":"10m","max-file":"5"}}""", host["LogConfig"]!.ToJsonString());
        Assert.Null(host["PortBindings"]);
        Assert.Equal("""{"Test":["NONE"]}""", request["Healthcheck"]!.ToJsonString());
        Assert.Null(request["Cmd"]);
        Assert.Null(request["StopSignal"]);
        Assert.Equal("me", _docker.Container("demo-web-1").Labels[Labels.Owner]);
    }

    [Fact]
    public async Task An_apps_own_wish_for_its_init_process_is_kept()
    {
        await StartAsync(Spec() with { Env = [new EnvVar("TINI_KILL_PROCESS_GROUP", "")] });

        Assert.Equal(["TINI_KILL_PROCESS_GROUP="], _docker.Container("demo-web-1").Env);
    }

    [Fact]
    public async Task A_thousand_unchanged_sandboxes_are_one_call()
    {
        await _engine.EnsureNetworkAsync(Spec().Network!, Ct);
        for (int i = 0; i < 1000; i++)
            await _engine.StartSandboxAsync(Spec(i), Ct);
        Assert.Equal(1000, (await _engine.ListSandboxesAsync(null, Ct)).Count);
        int before = _docker.Calls.Count;

        Assert.Equal(1000, (await _engine.ListSandboxesAsync(null, Ct)).Count);
        Assert.Equal(1, _docker.Calls.Count - before);

        _docker.Container("demo-web-500").Exit(9);
        Assert.Equal(9, Assert.Single(await _engine.ListSandboxesAsync("demo", Ct), s => s.State == SandboxState.Exited).ExitCode);
        Assert.Equal(3, _docker.Calls.Count - before);
    }

    [Fact]
    public async Task A_sandbox_killed_for_memory_is_listed_so()
    {
        await StartAsync(Spec());
        _docker.Container("demo-web-1").Exit(137, outOfMemory: true);

        Assert.True(Assert.Single(await _engine.ListSandboxesAsync(null, Ct)).OutOfMemory);
    }

    [Fact]
    public async Task What_the_engine_refuses_is_said_in_its_words()
    {
        _docker.FailNext("POST /containers/create", 500, "no space left on device");
        var full = await Assert.ThrowsAsync<EngineException>(() => _engine.StartSandboxAsync(Spec(), Ct));
        _docker.FailNext("POST /containers/create", 500, "something else");
        var other = await Assert.ThrowsAsync<EngineException>(() => _engine.StartSandboxAsync(Spec(), Ct));

        Assert.Equal((EngineError.DiskFull, EngineError.Refused), (full.Error, other.Error));
        Assert.Contains("\"demo-web-1\": something else", other.Message);
    }

    [Fact]
    public async Task A_removal_under_way_is_no_error()
    {
        await StartAsync(Spec());
        _docker.FailNext("DELETE /containers/*", 409, "removal of container demo-web-1 is already in progress");

        await _engine.RemoveSandboxAsync("demo-web-1", Ct);
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_given_up()
    {
        using var hold = _docker.Hold("GET /containers/json");
        var listing = _engine.ListSandboxesAsync(null, Ct);
        await _clock.WaitForTimersAsync(1, Ct);

        _clock.Advance(TimeSpan.FromSeconds(30));

        var error = await Assert.ThrowsAsync<EngineException>(() => listing);
        Assert.Equal(EngineError.Unreachable, error.Error);
        Assert.Contains("30 s", error.Message);
        Assert.Contains("GET /containers/json", error.Message);
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled_and_not_failed()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var hold = _docker.Hold("GET /containers/json");
        var listing = _engine.ListSandboxesAsync(null, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    [Fact]
    public async Task A_watch_ends_with_an_error_when_the_engine_goes_away()
    {
        await using var events = _engine.WatchAsync(Ct).GetAsyncEnumerator(Ct);
        var next = events.MoveNextAsync();
        await StartAsync(Spec());
        Assert.True(await next);
        next = events.MoveNextAsync();

        await _docker.GoAwayAsync();

        Assert.Equal(EngineError.Unreachable, (await Assert.ThrowsAsync<EngineException>(async () => await next)).Error);
    }

    [Fact]
    public async Task Following_a_log_ends_with_an_error_when_the_engine_goes_away()
    {
        await StartAsync(Spec());
        _docker.Container("demo-web-1").Print("hello\n");
        await using var log = _engine.ReadLogsAsync("demo-web-1", null, follow: true, Ct).GetAsyncEnumerator(Ct);
        Assert.True(await log.MoveNextAsync());
        var next = log.MoveNextAsync();

        await _docker.GoAwayAsync();

        Assert.Equal(EngineError.Unreachable, (await Assert.ThrowsAsync<EngineException>(async () => await next)).Error);
    }

    [Fact]
    public async Task A_pull_tells_its_progress_in_a_few_lines()
    {
        _docker.AddToRegistry("redis:7", new FakeImage { Cmd = ["redis-server"] });
        var lines = new List<string>();

        var image = await _images.PullImageAsync("redis:7", lines.Add, Ct);

        Assert.Equal(["redis-server"], image.Cmd);
        Assert.Equal(
            ["Pulling from library/redis", "downloaded 25 MB of 100 MB", "downloaded 50 MB of 100 MB", "downloaded 75 MB of 100 MB", "downloaded 100 MB of 100 MB",
                "a1b2c3d4e5f6: Pull complete", "Status: Downloaded newer image for redis:7"],
            lines);
    }

    [Fact]
    public async Task A_failed_pull_names_the_image()
    {
        var missing = await Assert.ThrowsAsync<EngineException>(() => _images.PullImageAsync("nosuch:1", _ => { }, Ct));
        _docker.FailNext("POST /images/create", 500, "Get \"https://registry.example.com/v2/\": dial tcp: lookup registry.example.com: no such host");
        var failed = await Assert.ThrowsAsync<EngineException>(() => _images.PullImageAsync("registry.example.com/app:2", _ => { }, Ct));
        _docker.FailNext("POST /images/create", 404, "no matching manifest for linux/amd64 in the manifest list entries");
        var wrong = await Assert.ThrowsAsync<EngineException>(() => _images.PullImageAsync("app:arm", _ => { }, Ct));

        Assert.Equal((EngineError.ImageMissing, EngineError.RegistryFailed, EngineError.WrongArchitecture), (missing.Error, failed.Error, wrong.Error));
        Assert.Contains("nosuch:1", missing.Message);
        Assert.Contains("registry.example.com/app:2", failed.Message);
        Assert.Contains("app:arm", wrong.Message);
    }

    [Fact]
    public async Task A_pulled_image_of_another_architecture_is_refused()
    {
        _docker.AddToRegistry("pi:1", new FakeImage { Architecture = "arm64" });

        var error = await Assert.ThrowsAsync<EngineException>(() => _images.PullImageAsync("pi:1", _ => { }, Ct));

        Assert.Equal(EngineError.WrongArchitecture, error.Error);
        Assert.Contains("arm64", error.Message);
    }

    [Fact]
    public async Task Links_in_an_image_are_followed_but_not_for_ever()
    {
        var files = new Dictionary<string, string> { ["/a/Procfile"] = "->../b/Procfile", ["/a/../b/Procfile"] = "web: x\n", ["/loop"] = "->/loop" };
        var id = _docker.AddImage("linked", new FakeImage { Files = files }).Id;

        Assert.Equal("web: x\n", Encoding.UTF8.GetString((await _images.ReadFileAsync(id, "/a/Procfile", 100, Ct))!));
        Assert.Contains("/loop", (await Assert.ThrowsAsync<EngineException>(() => _images.ReadFileAsync(id, "/loop", 100, Ct))).Message);
        Assert.Empty(_docker.Containers);
    }

    [Fact]
    public async Task A_reader_left_by_a_kill_is_removed()
    {
        using (_docker.Hold("GET /containers/*/archive"))
        {
            var reading = _images.ReadFileAsync(_docker.AddImage("app2").Id, "/Procfile", 100, Ct);
            while (_docker.Containers.Count == 0)
                await Task.Yield();

            Assert.Empty(await _engine.ListSandboxesAsync(null, Ct));
            await _images.RemoveLeftoversAsync(Ct);

            Assert.Empty(_docker.Containers);
            _docker.FailNext("GET /containers/*/archive", 404, "gone");
            await _docker.GoAwayAsync();
            await Assert.ThrowsAsync<EngineException>(() => reading);
        }
    }

    [Fact]
    public async Task Containers_listen_on_their_ports_if_a_test_wants_it()
    {
        _docker.ServePorts = true;
        var port = FreePort.Next();
        await StartAsync(Spec() with { Env = [new EnvVar("PORT", $"{port}")], Port = port });
        var sandbox = Assert.Single(await _engine.ListSandboxesAsync(null, Ct));

        using var http = new HttpClient();
        Assert.Equal("demo-web-1", await http.GetStringAsync($"http://{sandbox.Address}:{sandbox.Port}/", Ct));

        _docker.Container("demo-web-1").Exit(1);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync($"http://{sandbox.Address}:{sandbox.Port}/", Ct));
    }

    [Theory]
    [InlineData("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nearly", 1)]
    [InlineData("HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nearly", 1000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\nearly", 50)]
    public async Task A_taken_over_connection_loses_no_early_byte(string answer, int step)
    {
        await using var wire = await RawWire.ConnectAsync(answer, step);

        using var connection = await HijackedConnection.OpenAsync(wire.Client, "/x", "{}"u8.ToArray(), Ct);

        var text = new StringBuilder();
        var buffer = new byte[3];
        int count;
        while ((count = await connection.ReadAsync(buffer, Ct)) > 0)
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        Assert.Equal("early", text.ToString());
    }

    [Fact]
    public async Task A_connection_that_is_not_given_up_carries_the_reason()
    {
        await using var wire = await RawWire.ConnectAsync("HTTP/1.1 409 Conflict\r\nContent-Length: 20\r\n\r\n{\"message\":\"paused\"}", 7);

        using var connection = await HijackedConnection.OpenAsync(wire.Client, "/x", "{}"u8.ToArray(), Ct);

        Assert.Equal((HttpStatusCode.Conflict, "paused"), (connection.Refusal!.Status, connection.Refusal.Reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 101")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    public async Task What_is_no_answer_breaks_the_connection(string answer)
    {
        await using var wire = await RawWire.ConnectAsync(answer, 100);

        await Assert.ThrowsAsync<IOException>(() => HijackedConnection.OpenAsync(wire.Client, "/x", "{}"u8.ToArray(), Ct));
    }

    private async Task StartAsync(SandboxSpec spec)
    {
        await _engine.EnsureNetworkAsync(spec.Network!, Ct);
        await _engine.StartSandboxAsync(spec, Ct);
    }

    /// <summary>A connection whose other end says what the test wants, in steps, and closes.</summary>
    private sealed class RawWire(NetworkStream client, Task saying) : IAsyncDisposable
    {
        public NetworkStream Client => client;

        public static async Task<RawWire> ConnectAsync(string answer, int step)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(listener.LocalEndpoint, Ct);
            var server = await listener.AcceptTcpClientAsync(Ct);
            return new RawWire(new NetworkStream(client, ownsSocket: true), SayAsync(server, answer, step));
        }

        public async ValueTask DisposeAsync()
        {
            await saying;
            await client.DisposeAsync();
        }

        private static async Task SayAsync(TcpClient server, string answer, int step)
        {
            using var end = server;
            server.NoDelay = true;
            // The request first: an end that closes with unread input resets the connection.
            await server.GetStream().ReadAtLeastAsync(new byte[1024], 1, throwOnEndOfStream: false, Ct);
            foreach (var part in Encoding.ASCII.GetBytes(answer).Chunk(step))
                await server.GetStream().WriteAsync(part, Ct);
        }
    }
}
