using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Berth.Testing;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>
/// A <c>berthd</c> with a state folder and ports of its own, on the test run's engine, and <c>berth</c> to speak to it. Disposing deletes its apps,
/// ends it by <c>berthd down</c>, and fails if anything of it is left in the engine or among the processes.
/// </summary>
public sealed class BerthServer : IAsyncDisposable
{
    /// <summary>The first use of a stack bootstraps it out of Debian packages, which takes minutes on a busy machine.</summary>
    private static readonly TimeSpan CliLimit = TimeSpan.FromMinutes(10);

    private readonly string _folder;
    private readonly string _socket;
    private readonly IPAddress _open;
    private readonly int _apiPort = FreePort.Next();
    private readonly int _httpPort = FreePort.Next();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private Process? _process;

    private BerthServer(string folder, string socket, IPAddress open)
    {
        (_folder, _socket, _open) = (folder, socket, open);
        Engine = new EngineView(socket);
        // Each visit is a stranger's: with cookies, all would stay with one side of a split route.
        Visitor = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Site, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The engine that it uses, seen without it.</summary>
    public EngineView Engine { get; }

    /// <summary>Where the router listens; apps are told apart by the Host header.</summary>
    public Uri Site => new($"http://127.0.0.1:{_httpPort}/");

    public Uri Api => new($"http://127.0.0.1:{_apiPort}/");

    public string StateFolder => Path.Combine(_folder, "state");

    /// <summary>Somebody with a browser.</summary>
    public HttpClient Visitor { get; }

    private string RouterSocket => Path.Combine(StateFolder, "router", "control.sock");

    private string LogFile => Path.Combine(_folder, "berthd.log");

    /// <param name="open">Where the router and the API listen; null: on 127.0.0.1.</param>
    public static async Task<BerthServer> StartNewAsync(CancellationToken ct, IPAddress? open = null)
    {
        TestEnvironment.Program("berthd");
        var socket = TestEnvironment.EngineSocket();
        var server = new BerthServer(Directory.CreateTempSubdirectory("berth-e2e-").FullName, socket, open ?? IPAddress.Loopback);
        await server.StartAsync(ct);
        return server;
    }

    /// <summary>Starts <c>berthd</c>, also after <see cref="KillAsync"/>; returns when it answers.</summary>
    /// <param name="flags">More than those that every one has.</param>
    public async Task StartAsync(CancellationToken ct, params string[] flags)
    {
        // Its output goes to a file and not through a pipe, which the engine or the router could inherit and hold open.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >>\"$LOG\" 2>&1 </dev/null", TestEnvironment.Program("berthd"),
            "--state", StateFolder, "--http", $"{_open}:{_httpPort}", "--api", $"{_open}:{_apiPort}", "--docker-socket", _socket, .. flags]);
        start.Environment["LOG"] = LogFile;
        var process = Process.Start(start)!;
        _process = process;
        await Eventually.TrueAsync("berthd answers", async () =>
        {
            Assert.False(process.HasExited, $"berthd ended by itself; its log:\n{ReadLog()}");
            return await AnswersAsync(new Uri(Api, "healthz"), ct);
        }, ct);
    }

    /// <summary>What a power cut does to <c>berthd</c>; router and sandboxes are not touched.</summary>
    public async Task KillAsync()
    {
        using var process = _process!;
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary><c>berthd down</c>: afterwards no process of it runs and no sandbox.</summary>
    public async Task DownAsync()
    {
        var ct = CancellationToken.None;
        using var down = Process.Start(TestEnvironment.Program("berthd"), ["down", "--state", StateFolder, "--docker-socket", _socket])!;
        await down.WaitForExitAsync(ct);
        Assert.Equal(0, down.ExitCode);
        Assert.Empty(Running("berth-router", RouterSocket));
        Assert.Empty(Running("berthd", StateFolder));
        _process!.Dispose();
    }

    /// <summary>The router's process.</summary>
    public Process FindRouter() => Assert.Single(Running("berth-router", RouterSocket));

    /// <summary>Processes that have an argument; one that ended and was not fetched by its parent yet has none.</summary>
    private static IEnumerable<Process> Running(string program, string argument) =>
        Process.GetProcessesByName(program).Where(p => HasArgument(p, argument));

    private static bool HasArgument(Process process, string argument)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(argument, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return false;
        }
    }

    /// <summary>Calls <c>berth</c>.</summary>
    public Task<CliResult> CliAsync(params string[] args) => CliAsync(stdin: [], args);

    /// <summary>Calls <c>berth</c> in a folder.</summary>
    public Task<CliResult> CliInAsync(string folder, params string[] args) => EndOfAsync(StartCli(args, folder), stdin: [], args);

    /// <summary>Calls <c>berth</c> with something on its standard input.</summary>
    public Task<CliResult> CliAsync(byte[] stdin, params string[] args) => EndOfAsync(StartCli(args), stdin, args);

    private async Task<CliResult> EndOfAsync(Process started, byte[] stdin, string[] args)
    {
        using var process = started;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(CliLimit);
        using var output = new MemoryStream();
        try
        {
            var reading = process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await WriteAsync(process, stdin, limit.Token);
            await Task.WhenAll(reading, errors);
            await process.WaitForExitAsync(limit.Token);
            return new CliResult(string.Join(' ', args), process.ExitCode, output.ToArray(), await errors);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            process.Kill();
            throw new TimeoutException($"`berth {string.Join(' ', args)}` did not end within {CliLimit}; it printed:\n{System.Text.Encoding.UTF8.GetString(output.ToArray())}\nberthd's log:\n{ReadLog()}");
        }
    }

    /// <summary>Starts <c>berth</c> and leaves it running, with its streams redirected.</summary>
    public Process StartCli(params string[] args) => StartCli(args, _folder);

    /// <summary>Gives a program the environment in which <c>berth</c> finds this server.</summary>
    public void Introduce(ProcessStartInfo start)
    {
        start.Environment["BERTH_URL"] = Api.ToString();
        start.Environment["BERTH_STATE"] = StateFolder;
        start.Environment["HOME"] = _folder;
        foreach (var variable in (string[])["BERTH_APP", "BERTH_TOKEN", "XDG_CONFIG_HOME", "DOCKER_HOST"])
            start.Environment.Remove(variable);
    }

    private Process StartCli(string[] args, string folder)
    {
        var start = new ProcessStartInfo(TestEnvironment.Program("berth"), args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        Introduce(start);
        return Process.Start(start)!;
    }

    /// <summary>A request as a browser at <c>http://APP.localhost</c> sends it.</summary>
    public async Task<(int Status, string Body)> GetAsync(string app, string path = "/")
    {
        using var request = Request(HttpMethod.Get, app, path);
        using var response = await Visitor.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public HttpRequestMessage Request(HttpMethod method, string app, string path) =>
        new(method, new Uri(Site, path)) { Headers = { Host = string.Create(CultureInfo.InvariantCulture, $"{app}.localhost:{_httpPort}") } };

    /// <summary>Asserts that the app answers with 200, and returns with what.</summary>
    public async Task<string> PageAsync(string app, string path = "/")
    {
        var (status, body) = await GetAsync(app, path);
        Assert.True(status == 200, $"{app}{path} answered {status}:\n{body}");
        return body;
    }

    /// <summary>An app as <c>berth app</c> shows it.</summary>
    public async Task<JsonNode> AppAsync(string app) => (await CliAsync("app", app, "--format", "json")).Succeeded().Json;

    /// <summary>The running sandboxes of one service, oldest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> RunningAsync(string app, string service) =>
        [.. (await SandboxesAsync(app)).Where(s => (string)s["service"]! == service && (string)s["status"]! == "running").OrderBy(s => (string)s["id"]!, StringComparer.Ordinal)];

    /// <summary>All sandboxes that <c>berth sandbox list --all</c> shows of an app.</summary>
    public async Task<IReadOnlyList<JsonNode>> SandboxesAsync(string app) =>
        [.. (await CliAsync("sandbox", "list", "--all", "-a", app, "--format", "json")).Succeeded().Json.AsArray().Select(s => s!)];

    /// <summary>Where disks of this server are mounted.</summary>
    public IReadOnlyList<string> Mounts() => [.. File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4]).Where(path => path.StartsWith(StateFolder, StringComparison.Ordinal))];

    /// <summary>The end of berthd's log.</summary>
    public string ReadLog() => File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(60)) : "";

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_process is { HasExited: false } || Directory.Exists(StateFolder))
                await EndAsync();
        }
        finally
        {
            Visitor.Dispose();
            _http.Dispose();
            Engine.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task EndAsync()
    {
        var ct = CancellationToken.None;
        string[] apps = [.. (await CliAsync("app", "list", "--format", "json")).Succeeded().Json.AsArray().Select(a => (string)a!["name"]!)];
        var owners = new HashSet<string>();
        foreach (var app in apps)
        {
            foreach (var sandbox in await SandboxesAsync(app))
                owners.UnionWith((await Engine.ContainersAsync($"berth.sandbox={(string)sandbox["id"]!}", ct)).Select(c => c.Labels["berth.owner"]));
        }
        foreach (var app in apps)
            (await CliAsync("app", "delete", app, "--yes")).Succeeded();
        foreach (var owner in owners)
            await Eventually.BecomesAsync("nothing of deleted apps is left in the engine", () => LeftAsync(owner, ct), left => left.Length == 0, ct);
        await DownAsync();
        Assert.Empty(Mounts());
        Assert.Empty(Directory.EnumerateDirectories("/sys/block", "loop*").Select(loop => Path.Combine(loop, "loop", "backing_file")).Where(File.Exists).Select(File.ReadAllText)
            .Where(image => image.StartsWith(StateFolder, StringComparison.Ordinal)));
    }

    private async Task<string> LeftAsync(string owner, CancellationToken ct)
    {
        var containers = (await Engine.ContainersAsync($"berth.owner={owner}", ct)).Select(c => $"container of {c.Labels["berth.sandbox"]} ({c.State})");
        var networks = (await Engine.NetworksAsync($"berth.owner={owner}", ct)).Select(n => $"network {n}");
        var images = (await Engine.ImagesAsync($"berth.owner={owner}", ct)).Where(i => !i.StartsWith("stack/", StringComparison.Ordinal)).Select(i => $"image {i}");
        return string.Join(", ", containers.Concat(networks).Concat(images));
    }

    private async Task<bool> AnswersAsync(Uri url, CancellationToken ct)
    {
        try
        {
            using var response = await _http.GetAsync(url, ct);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task WriteAsync(Process process, byte[] stdin, CancellationToken ct)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(stdin, ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: what it printed says why.
        }
    }
}
