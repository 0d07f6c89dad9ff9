namespace Berth.Cli.Tests;

public sealed class LoginTests : IDisposable
{
    private readonly SourceFolder _home = new();

    [Fact]
    public async Task Login_verifies_and_keeps_address_and_token_for_the_owner_alone()
    {
        await using var api = await StartAsync();

        var login = await RunAsync("", ["login", api.Url, "--token", "from-login"]);
        var list = await RunAsync("", ["apps"]);

        Assert.Equal(ExitCodes.Done, login.ExitCode);
        Assert.Contains("logged in to " + api.Url, login.Error);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_home.Path, "berth", "config.json")));
        Assert.Equal(ExitCodes.Done, list.ExitCode);
        Assert.Equal("Bearer from-login", api.Received[^1].Token);
    }

    [Fact]
    public async Task A_refused_token_is_not_kept()
    {
        await using var api = await FakeApi.StartAsync();
        api.Problem("GET /v1/version", 401, "token-unknown", "this token is not known");

        var login = await RunAsync("", ["login", api.Url, "--token", "bad"]);

        Assert.Equal(ExitCodes.Refused, login.ExitCode);
        Assert.False(File.Exists(Path.Combine(_home.Path, "berth", "config.json")));
    }

    [Fact]
    public async Task A_token_can_come_from_a_pipe()
    {
        await using var api = await StartAsync();

        var login = await RunAsync("piped-token\n", ["login", api.Url]);

        Assert.Equal(ExitCodes.Done, login.ExitCode);
        Assert.Equal("Bearer piped-token", api.Received[^1].Token);
    }

    [Fact]
    public async Task A_routes_password_comes_from_a_pipe_and_is_not_shown()
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("PATCH /v1/routes/shop.example.com", Wire.Route);

        var run = await CommandRun.OfAsync(api.Url, new TestTerminal("open sesame\n"), ["route", "protect", "shop.example.com", "--user", "ann"]);

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Equal("""{"login":{"user":"ann","password":"open sesame"}}""", api.Received[^1].Body);
        Assert.DoesNotContain("sesame", run.Out + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_login_says_how_to_give_one()
    {
        var login = await RunAsync("", ["login", "http://127.0.0.1:1"]);

        Assert.Contains("a token is needed; pass --token", login.Error);
        Assert.Equal(ExitCodes.Usage, login.ExitCode);
    }

    [Fact]
    public async Task The_local_admin_token_is_used_where_no_other_is()
    {
        await using var api = await StartAsync();
        _home.Write("state/admin-token", "admin-secret\n");

        await RunAsync("", ["apps"], new() { ["BERTH_URL"] = api.Url, ["BERTH_STATE"] = Path.Combine(_home.Path, "state") });

        Assert.Equal("Bearer admin-secret", api.Received[^1].Token);
    }

    [Fact]
    public async Task A_broken_login_file_is_named()
    {
        _home.Write("berth/config.json", "{");

        var run = await RunAsync("", ["apps"]);

        Assert.Contains(Path.Combine(_home.Path, "berth", "config.json") + " cannot be read", run.Error);
        Assert.Equal(ExitCodes.Failed, run.ExitCode);
    }

    public void Dispose() => _home.Dispose();

    private static async Task<FakeApi> StartAsync() =>
        (await FakeApi.StartAsync()).Json("GET /v1/version", """{"version":"0.1.0"}""").Json("GET /v1/apps", "[]");

    private Task<CommandRun> RunAsync(string input, string[] args, Dictionary<string, string>? settings = null)
    {
        var environment = new Dictionary<string, string> { ["BERTH_URL"] = "", ["BERTH_TOKEN"] = "", ["XDG_CONFIG_HOME"] = _home.Path };
        foreach (var (name, value) in settings ?? [])
            environment[name] = value;
        return CommandRun.OfAsync("", new TestTerminal(input), args, environment);
    }
}
