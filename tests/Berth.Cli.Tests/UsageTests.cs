namespace Berth.Cli.Tests;

/// <summary>What is wrong before any server is asked: exit code 2, and a message that says what to write.</summary>
public sealed class UsageTests
{
    public static TheoryData<string, string> Table => new()
    {
        { "deplyo", "did you mean \"deploy\"?" },
        { "frobnicate", "\"berth --help\" lists all" },
        { "sandbox lst", "did you mean \"list\"?" },
        { "deploy --imgae x", "berth deploy has no option --imgae; did you mean --image?" },
        { "deploy --forse", "berth deploy has no option --forse; did you mean --force?" },
        { "app --jsno", "berth app has no option --jsno" },
        { "sandbox", "say what to do: \"berth sandbox list\"" },
        { "app list extra", "does not take \"extra\"" },
        { "app list -- x", "takes nothing after --" },
        { "apps --format yaml", "--format \"yaml\" is not known; use table or json" },
        { "create Shop", "app name \"Shop\" has characters other than" },
        { "create ../etc", "app name \"../etc\"" },
        { "app --watch --graph", "give one of them" },
        { "app one -a two", "two apps are named" },
        { "exec web -a two", "or the service by --service web" },
        { "scale web=-1", "count \"-1\" is no whole number from 0 to 1000" },
        { "scale web=1.5", "count \"1.5\" is no whole number" },
        { "scale web=99999999999999999999", "is no whole number" },
        { "scale web=", "is not SERVICE=COUNT" },
        { "scale web=lots", "\"web=lots\" is not SERVICE=COUNT" },
        { "scale web=auto:5-2", "the smaller number comes first" },
        { "scale web=auto:5", "is not SERVICE=COUNT" },
        { "scale we.b=1", "service name \"we.b\" has characters" },
        { "scale web=1 web=2", "service \"web\" is named twice" },
        { "scale web=1 shop", "\"shop\" is not SERVICE=COUNT" },
        { "scale --process web", "say what to scale" },
        { "scale -i 2", "go with --process" },
        { "scale --process web -i -2", "-i \"-2\" is no whole number" },
        { "scale --process web -i 2 -m lots", "memory \"lots\" is no size" },
        { "scale --process web -i 2 -m 1K", "memory \"1K\" is no size of at least 6M" },
        { "scale --process web --cpu -1", "--cpu \"-1\" is no number of cores" },
        { "scale --process web --cpu NaN", "--cpu \"NaN\"" },
        { "scale web=1 worker=1 -m 256M", "one service at a time" },
        { "scale web=1 --process worker -i 1", "use one form" },
        { "logs --last 5", "--last \"5\" is no length of time" },
        { "deploy --watch soon", "--watch \"soon\" is no length of time" },
        { "logs --last -5m", "--last \"-5m\" is no length of time" },
        { "logs --last 0s", "--last \"0s\"" },
        { "logs --last 5y", "--last \"5y\"" },
        { "logs --last 999999999d", "10 years at most" },
        { "logs -n -1", "-n \"-1\" is no whole number" },
        { "logs -n", "see \"berth logs --help\"" },
        { "forward", "see \"berth forward --help\"" },
        { "forward postgres", "say what to reach" },
        { "forward postgres:lots", "port \"lots\" is no whole number from 1 to 65535" },
        { "forward postgres:0", "port \"0\"" },
        { "forward :5432", "\":5432\" is not SERVICE:PORT" },
        { "forward a:1:2", "\"a:1:2\" is not SERVICE:PORT" },
        { "forward postgres:5432 70000", "local port \"70000\" is no whole number" },
        { "forward one two postgres:5432", "does not take \"two\"" },
        { "forward one postgres:5432 -a two", "two apps are named" },
        { "env set", "say what to set" },
        { "env set A", "\"A\" is not KEY=VALUE" },
        { "env set =x", "\"\" cannot name a variable" },
        { "env set 1A=x", "\"1A\" cannot name a variable" },
        { "env set A=1 A=2", "variable \"A\" is given twice" },
        { "env unset", "say what to unset" },
        { "env unset A=1", "cannot name a variable" },
        { "login ftp://x", "\"ftp://x\" is no server address" },
        { "login http://u:p@x", "holds no user" },
        { "deploy --image x --procfile /no/such/Procfile", "there is no Procfile at /no/such/Procfile" },
        { "deploy --procfile x", "--procfile goes with --image" },
        { "deploy . --image x", "give a folder or --image, not both" },
        { "deploy /no/such/folder", "/no/such/folder is no folder" },
        { "exec -i -1", "-i \"-1\" is no whole number" },
        { "exec -c ls -- ls", "by -c or after --, not both" },
        { "exec --", "say what to run" },
        { "app delete shop", "pass --yes to confirm" },
        { "token revoke tok-1", "pass --yes to confirm" },
        { "completion tcsh", "there is one for bash, zsh and fish" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task A_wrong_command_line_says_what_is_wrong_and_exits_2(string typed, string message)
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/apps/shop", Wire.App);

        var run = await CommandRun.OfAsync(api, typed.Split(' '));

        Assert.Contains(message, run.Error);
        Assert.StartsWith("error: ", run.Error);
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.DoesNotContain(api.Received, request => !request.Line.StartsWith("GET", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("y\n", 0, true)]
    [InlineData("n\n", 1, false)]
    [InlineData("", 1, false)]
    public async Task Deleting_an_app_on_a_terminal_asks_first(string answer, int exitCode, bool deleted)
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/apps/shop", Wire.App).Json("DELETE /v1/apps/shop", "", 204);

        var run = await CommandRun.OfAsync(api.Url, new TestTerminal(answer, isTerminal: true), ["app", "delete", "shop"]);

        Assert.Contains("delete app shop with its releases, config and routes? [y/N] ", run.Error);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(deleted, api.Received.Any(request => request.Line == "DELETE /v1/apps/shop"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    [InlineData("env --help")]
    [InlineData("scale -h")]
    public async Task Help_goes_to_stdout(string typed)
    {
        await using var api = await FakeApi.StartAsync();

        var run = await CommandRun.OfAsync(api, typed.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Contains("Usage:", run.Out);
        Assert.Empty(run.Error);
        Assert.Equal(ExitCodes.Done, run.ExitCode);
    }
}
