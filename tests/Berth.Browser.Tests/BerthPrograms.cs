using System.Diagnostics;
using Berth.Testing;

namespace Berth.Browser.Tests;

/// <summary>A <c>berthd</c> of the tests' own on the test run's engine, and <c>berth</c> to speak to it. Disposing deletes its apps and ends it.</summary>
public sealed class BerthPrograms : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CallLimit = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();
    private readonly string _programs;
    private readonly string _socket;
    private readonly int _httpPort = FreePort.Next();
    private readonly int _apiPort = FreePort.Next();
    private readonly Process _berthd;

    private BerthPrograms(string programs, string socket)
    {
        (_programs, _socket) = (programs, socket);
        _berthd = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >>\"$LOG\" 2>&1 </dev/null", Path.Combine(programs, "berthd"),
            "--state", StateFolder, "--http", $"127.0.0.1:{_httpPort}", "--api", $"127.0.0.1:{_apiPort}", "--docker-socket", socket])
        {
            Environment = { ["LOG"] = _folder.File("berthd.log") },
        })!;
    }

    public Uri Dashboard => new($"http://127.0.0.1:{_apiPort}/");

    public string Token => File.ReadAllText(Path.Combine(StateFolder, "admin-token")).Trim();

    private string StateFolder => _folder.File("state");

    /// <summary>Skips the test, and says why, where the programs or the engine are not there.</summary>
    public static async Task<BerthPrograms> StartAsync(CancellationToken ct)
    {
        var programs = Environment.GetEnvironmentVariable("BERTH_TEST_PROGRAMS");
        Assert.SkipUnless(programs is not null, "no built programs: BERTH_TEST_PROGRAMS=folder is not set");
        var socket = Environment.GetEnvironmentVariable("BERTH_TEST_DOCKER");
        Assert.SkipUnless(socket is not null, "no real engine: BERTH_TEST_DOCKER=unix:///path/to/docker.sock is not set");
        var berth = new BerthPrograms(programs!, socket!["unix://".Length..]);
        await berth.WaitUntilHealthyAsync(ct);
        return berth;
    }

    public Uri SiteOf(string app) => new($"http://{app}.localhost:{_httpPort}/");

    /// <summary>A file for a call of <c>berth</c> to read.</summary>
    public async Task<string> WriteAsync(string name, string text)
    {
        await File.WriteAllTextAsync(_folder.File(name), text);
        return _folder.File(name);
    }

    /// <summary>Calls <c>berth</c> and returns what it printed; fails the test if the call fails.</summary>
    public async Task<string> CallAsync(params string[] args)
    {
        using var limit = new CancellationTokenSource(CallLimit);
        using var call = Process.Start(new ProcessStartInfo(Path.Combine(_programs, "berth"), args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment = { ["BERTH_URL"] = Dashboard.ToString(), ["BERTH_STATE"] = StateFolder, ["BERTH_TOKEN"] = Token, ["HOME"] = _folder.Path },
        })!;
        call.StandardInput.Close();
        var output = call.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = call.StandardError.ReadToEndAsync(limit.Token);
        await call.WaitForExitAsync(limit.Token);
        Assert.True(call.ExitCode == 0, $"`berth {string.Join(' ', args)}` ended with {call.ExitCode}:\n{await output}\n{await errors}\nberthd's log:\n{ReadLog()}");
        return await output;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in System.Text.Json.Nodes.JsonNode.Parse(await CallAsync("app", "list", "--format", "json"))!.AsArray())
            await CallAsync("app", "delete", (string)app!["name"]!, "--yes");
        using var down = Process.Start(Path.Combine(_programs, "berthd"), ["down", "--state", StateFolder, "--docker-socket", _socket]);
        await down.WaitForExitAsync();
        if (!_berthd.HasExited)
            _berthd.Kill();
        _berthd.Dispose();
        _folder.Dispose();
    }

    private async Task WaitUntilHealthyAsync(CancellationToken ct)
    {
        using var http = new HttpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StartLimit);
        while (!await IsHealthyAsync(http, limit.Token))
        {
            Assert.False(_berthd.HasExited, $"berthd ended by itself; its log:\n{ReadLog()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }

    private async Task<bool> IsHealthyAsync(HttpClient http, CancellationToken ct)
    {
        try
        {
            return (await http.GetAsync(new Uri(Dashboard, "healthz"), ct)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string ReadLog() => File.Exists(_folder.File("berthd.log")) ? File.ReadAllText(_folder.File("berthd.log")) : "";
}
