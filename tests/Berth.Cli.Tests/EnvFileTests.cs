using System.Text.Json.Nodes;

namespace Berth.Cli.Tests;

/// <summary>Variables out of files and into files.</summary>
public sealed class EnvFileTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    [Fact]
    public async Task Pull_writes_what_was_set_by_hand_for_the_owner_alone_and_push_sends_it_again()
    {
        await using var api = await StartAsync("""[{"key":"A","value":"it's \"x\"\nand $more # all","source":"manual"},{"key":"B","value":"","source":"manual"},{"key":"C","value":"of the source","source":"config"}]""");

        var pull = await RunAsync(api, "env", "pull", "-a", "shop");
        var push = await RunAsync(api, "env", "push", "-a", "shop");

        Assert.Contains("2 variables of shop in", pull.Error, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.Path, ".env")));
        Assert.Equal(ExitCodes.Done, push.ExitCode);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"set":{"A":"it's \"x\"\nand $more # all","B":""},"unset":[]}"""), JsonNode.Parse(api.Received[^1].Body)));
    }

    [Fact]
    public async Task Pull_replaces_a_file_only_when_it_may()
    {
        await using var api = await StartAsync("""[{"key":"A","value":"1","source":"manual"},{"key":"a.b","value":"1","source":"manual"}]""");
        _folder.Write(".env", "MINE=1\n");

        var refused = await RunAsync(api, "env", "pull", "-a", "shop");
        Assert.Equal(ExitCodes.Usage, refused.ExitCode);
        Assert.Equal("MINE=1\n", await ReadAsync());

        var replaced = await RunAsync(api, "env", "pull", "-a", "shop", "--yes");
        Assert.Equal("A=1\n", await ReadAsync());
        Assert.Contains("variable a.b is left out", replaced.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_writes_to_standard_output_on_request()
    {
        await using var api = await StartAsync("""[{"key":"A","value":"x y","source":"manual"}]""");
        var terminal = new TestTerminal();

        await CommandRun.OfAsync(api.Url, terminal, ["env", "pull", "-", "-a", "shop"], folder: _folder.Path);

        Assert.Equal("A='x y'\n", terminal.Written(terminal.Output));
    }

    [Fact]
    public async Task Push_with_replace_unsets_what_the_file_has_not()
    {
        await using var api = await StartAsync("""[{"key":"A","value":"1","source":"manual"},{"key":"OLD","value":"1","source":"manual"},{"key":"C","value":"1","source":"config"}]""");
        _folder.Write(".env", "A=2\n");

        await RunAsync(api, "env", "push", "-a", "shop", "--replace");

        Assert.Equal("""{"set":{"A":"2"},"unset":["OLD"]}""", api.Received[^1].Body);
    }

    [Theory]
    [InlineData("no variable here\n", "has lines that are no variables; nothing was set")]
    [InlineData("# nothing\n", "has no variables in it")]
    public async Task A_file_that_cannot_be_pushed_sets_nothing(string text, string message)
    {
        await using var api = await StartAsync("[]");
        _folder.Write(".env", text);

        var run = await RunAsync(api, "env", "push", "-a", "shop");

        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(api.Received, r => r.Line.StartsWith("PATCH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_value_can_come_from_a_file_byte_for_byte()
    {
        await using var api = await StartAsync("[]");
        _folder.Write("key.pem", "line 1\r\nline 2\n");
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "binary"), [0xff, 0xfe], TestContext.Current.CancellationToken);

        await RunAsync(api, "env", "set", "A=@key.pem", "--from-file", "KEY=key.pem", "-a", "shop");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"set":{"A":"@key.pem","KEY":"line 1\r\nline 2\n"},"unset":[]}"""), JsonNode.Parse(api.Received[^1].Body)));

        Assert.Contains("is no UTF-8 text", (await RunAsync(api, "env", "set", "--from-file", "KEY=binary", "-a", "shop")).Error, StringComparison.Ordinal);
        Assert.Contains("there is no file", (await RunAsync(api, "env", "set", "--from-file", "KEY=nothing", "-a", "shop")).Error, StringComparison.Ordinal);
        Assert.Contains("given twice", (await RunAsync(api, "env", "set", "KEY=1", "--from-file", "KEY=key.pem", "-a", "shop")).Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<FakeApi> StartAsync(string env) =>
        (await FakeApi.StartAsync()).Json("GET /v1/apps/shop/env", env).Lines("PATCH /v1/apps/shop/env", Wire.Result("succeeded"));

    private Task<CommandRun> RunAsync(FakeApi api, params string[] args) => CommandRun.OfAsync(api.Url, new TestTerminal(), args, folder: _folder.Path);

    private Task<string> ReadAsync() => File.ReadAllTextAsync(Path.Combine(_folder.Path, ".env"), TestContext.Current.CancellationToken);
}
