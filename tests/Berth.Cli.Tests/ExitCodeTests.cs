using System.Net;
using System.Net.Sockets;

namespace Berth.Cli.Tests;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData(404, "app-not-found", ExitCodes.NotFound)]
    [InlineData(401, "token-missing", ExitCodes.Refused)]
    [InlineData(403, "token-refused", ExitCodes.Refused)]
    [InlineData(409, "name-taken", ExitCodes.Failed)]
    [InlineData(422, "bad-name", ExitCodes.Failed)]
    [InlineData(500, "internal", ExitCodes.Failed)]
    public async Task A_refusal_prints_its_detail_and_sets_the_exit_code(int status, string code, int exitCode)
    {
        await using var api = await FakeApi.StartAsync();
        api.Problem("GET /v1/apps/shop", status, code, "app shop is not what it was; look again");

        var run = await CommandRun.OfAsync(api, "app", "shop");

        Assert.Equal("error: app shop is not what it was; look again\n", run.Error);
        Assert.Equal(exitCode, run.ExitCode);
    }

    [Fact]
    public async Task A_refusal_about_files_shows_the_place_and_a_caret()
    {
        await using var api = await FakeApi.StartAsync();
        api.Problem("GET /v1/apps/shop", 422, "bad-files", "the app's files have errors",
            """[{"code":"procfile-bad-line","severity":"error","message":"no service","hint":"write name: command","file":"Procfile","line":12,"column":3,"source_line":"\tweb gunicorn"}]""");

        var run = await CommandRun.OfAsync(api, "app", "shop");

        Assert.Equal(
            """
            Procfile:12:3: error: no service
              12 |  web gunicorn
                 |   ^
              hint: write name: command
            error: the app's files have errors

            """.ReplaceLineEndings("\n"), run.Error);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_with_what_to_do_and_exits_5()
    {
        var run = await CommandRun.OfAsync($"http://127.0.0.1:{FreePort()}", new TestTerminal(), ["app", "list"]);

        Assert.Matches("^error: the Berth server at http://127.0.0.1:[0-9]+ cannot be reached: Connection refused.*berth server.*BERTH_URL", run.Error);
        Assert.Equal(ExitCodes.Unreachable, run.ExitCode);
    }

    [Fact]
    public async Task An_answer_from_something_else_says_to_check_the_address()
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/apps", "<html>", type: "text/html");

        var run = await CommandRun.OfAsync(api, "apps");

        Assert.Contains("answers, but not as a Berth server does; check BERTH_URL", run.Error);
        Assert.Equal(ExitCodes.Failed, run.ExitCode);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_the_token()
    {
        await using var elsewhere = await FakeApi.StartAsync();
        await using var api = await FakeApi.StartAsync();
        api.On("GET /v1/apps", context =>
        {
            context.Response.Redirect(elsewhere.Url + "/v1/apps");
            return Task.CompletedTask;
        });

        var run = await CommandRun.OfAsync(api, "apps");

        Assert.Contains("redirects to " + elsewhere.Url, run.Error);
        Assert.Empty(elsewhere.Received);
    }

    [Fact]
    public async Task A_refusal_without_details_is_told_by_its_status()
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/apps", "no", 401, "text/plain");

        var run = await CommandRun.OfAsync(api, "apps");

        Assert.Contains("does not accept the token; log in with \"berth login " + api.Url, run.Error);
        Assert.Equal(ExitCodes.Refused, run.ExitCode);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
