using System.Diagnostics;

namespace Berth.Cli.Tests;

/// <summary>The remote of a real repository, and what git asks for it.</summary>
public sealed class GitTests : IDisposable
{
    private const string App = """{"name":"unisex-huntress","status":"new","urls":[],"services":[],"created_at":"2024-01-15T10:30:45Z"}""";

    private readonly SourceFolder _folder = new();

    [Fact]
    public async Task Create_sets_the_remote_of_a_repository_and_no_token_stands_in_it()
    {
        await using var api = await StartAsync();
        Git("init", "--quiet");

        var run = await RunAsync(api.Url, ["create"]);

        Assert.Equal((ExitCodes.Done, "unisex-huntress\n"), (run.ExitCode, run.Out));
        Assert.Equal($"{api.Url}/git/unisex-huntress.git", Git("remote", "get-url", "berth"));
        Assert.Contains("git push berth main", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", await File.ReadAllTextAsync(Path.Combine(_folder.Path, ".git", "config"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // The first, which is empty, takes away those set for all servers.
        Assert.Equal("\n!'berth' git credential", Git("config", "--get-all", $"credential.{api.Url}.helper"));
    }

    [Fact]
    public async Task Create_leaves_a_remote_alone_that_leads_elsewhere_and_git_remote_does_not()
    {
        await using var api = await StartAsync();
        Git("init", "--quiet");
        Git("remote", "add", "berth", "https://example.com/x.git");

        var create = await RunAsync(api.Url, ["create"]);
        Assert.Equal("https://example.com/x.git", Git("remote", "get-url", "berth"));
        Assert.Contains("berth git remote -a unisex-huntress", create.Error, StringComparison.Ordinal);

        var remote = await RunAsync(api.Url, ["git", "remote", "-a", "unisex-huntress"]);
        Assert.Equal(ExitCodes.Done, remote.ExitCode);
        Assert.Equal($"{api.Url}/git/unisex-huntress.git", Git("remote", "get-url", "berth"));
    }

    [Fact]
    public async Task Outside_a_repository_create_says_nothing_of_git_and_git_remote_says_what_is_missing()
    {
        await using var api = await StartAsync();

        Assert.Empty((await RunAsync(api.Url, ["create"])).Error);
        Assert.Contains("is in no git repository", (await RunAsync(api.Url, ["git", "remote", "-a", "unisex-huntress"])).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("protocol=http\nhost=127.0.0.1:7171\n\n", "get", "username=berth\npassword=t0ken\n")]
    [InlineData("protocol=http\nhost=127.0.0.1:7171\n", "store", "")]
    [InlineData("protocol=http\nhost=example.com\n\n", "get", "")]
    [InlineData("protocol=https\nhost=127.0.0.1:7171\n\n", "get", "")]
    [InlineData("nonsense", "get", "")]
    public async Task Git_gets_the_token_of_the_server_it_asks_for_and_of_no_other(string asked, string action, string given)
    {
        var run = await CommandRun.OfAsync("http://127.0.0.1:7171", new TestTerminal(asked), ["git", "credential", action], new() { ["BERTH_STATE"] = _folder.Path }, _folder.Path);

        Assert.Equal((ExitCodes.Done, given), (run.ExitCode, run.Out));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<FakeApi> StartAsync()
    {
        var api = await FakeApi.StartAsync();
        return api.Json("POST /v1/apps", App, 201).Json("GET /v1/apps/unisex-huntress", App);
    }

    private Task<CommandRun> RunAsync(string url, string[] args) => CommandRun.OfAsync(url, new TestTerminal(), args, folder: _folder.Path);

    private string Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true })!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return output.TrimEnd('\n');
    }
}
