namespace Berth.Cli.Tests;

/// <summary>Commands that write the folder's app.toml and ask no server.</summary>
public sealed class AppTomlFileTests
{
    private const string File = ".berth/app.toml";

    [Fact]
    public async Task Init_writes_the_name_and_what_could_be_said_of_the_Procfiles_services()
    {
        using var folder = new SourceFolder().Write("Procfile", "web: serve\nworker: work\n");

        var run = await RunAsync(folder, "init", "--app", "shop");

        Assert.Equal((ExitCodes.Done, File + "\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Contains("\nname = \"shop\"\n", Read(folder));
        Assert.Contains("# [services.web]\n", Read(folder));
        Assert.Contains("# [services.worker.concurrency]\n# num_instances = 1\n", Read(folder));
    }

    [Theory]
    [InlineData("Procfile", "web: serve\nworker: work\n")]
    [InlineData("package.json", "{}")]
    public async Task What_init_writes_is_right_with_and_without_its_comments(string file, string content)
    {
        using var folder = new SourceFolder().Write(file, content);
        await RunAsync(folder, "init");
        var commented = Read(folder);
        Assert.Equal(ExitCodes.Done, (await RunAsync(folder, "env", "set", "--file", "A=1")).ExitCode);

        var lines = commented.Split('\n').Select(line => line.StartsWith("# [", StringComparison.Ordinal) || line.Contains(" = ", StringComparison.Ordinal) ? line.TrimStart('#', ' ') : line);
        folder.Write(File, string.Join('\n', lines));
        Assert.Equal(ExitCodes.Done, (await RunAsync(folder, "env", "set", "--file", "A=1")).ExitCode);
        Assert.NotEqual(ExitCodes.Failed, (await RunAsync(folder, "app")).ExitCode);
    }

    [Fact]
    public async Task Init_shows_what_the_detected_stack_would_start()
    {
        using var folder = new SourceFolder().Write("package.json", "{ \"scripts\": { \"start\": \"node server.js\" } }");

        await RunAsync(folder, "init");

        Assert.Contains("# [services.web]\n# command = \"npm start\"\n", Read(folder));
    }

    [Theory]
    [InlineData(".miren/app.toml")]
    [InlineData(".berth/app.toml")]
    [InlineData("manifest.yml")]
    public async Task Init_leaves_a_folder_that_defines_its_app_alone(string file)
    {
        using var folder = new SourceFolder().Write(file, "name = \"mine\"\n");

        var run = await RunAsync(folder, "init");

        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Contains($"has a {file}", run.Error);
        Assert.Equal("name = \"mine\"\n", Read(folder, file));
        Assert.Single(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Init_tells_the_mistakes_of_the_Procfile_and_writes_nothing()
    {
        using var folder = new SourceFolder().Write("Procfile", "no entry\n");

        var run = await RunAsync(folder, "init");

        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Contains("Procfile:1:1", run.Error);
        Assert.False(Path.Exists(Path.Combine(folder.Path, ".berth")));
    }

    [Fact]
    public async Task Variables_are_set_and_unset_in_the_file_and_the_rest_stays()
    {
        using var folder = new SourceFolder().Write(".miren/app.toml", "# mine\r\nname = 'shop'\r\n");

        var set = await RunAsync(folder, "env", "set", "--file", "GREETING=hello world", "EMPTY=");
        var written = Read(folder, ".miren/app.toml");
        var unset = await RunAsync(folder, "env", "unset", "--file", "EMPTY", "GREETING");

        Assert.Equal((ExitCodes.Done, ""), (set.ExitCode, set.Out));
        Assert.Equal("# mine\r\nname = 'shop'\r\n\r\n[[env]]\r\nkey = \"GREETING\"\r\nvalue = \"hello world\"\r\n\r\n[[env]]\r\nkey = \"EMPTY\"\r\nvalue = \"\"\r\n", written);
        Assert.Equal(ExitCodes.Done, unset.ExitCode);
        Assert.Equal("# mine\r\nname = 'shop'\r\n", Read(folder, ".miren/app.toml"));
    }

    [Fact]
    public async Task A_files_mode_and_the_link_to_it_stay()
    {
        using var folder = new SourceFolder().Write("shared.toml", "name = 'shop'\n").Write(".berth/keep", "");
        var target = Path.Combine(folder.Path, "shared.toml");
        System.IO.File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        System.IO.File.CreateSymbolicLink(Path.Combine(folder.Path, File), "../shared.toml");

        await RunAsync(folder, "env", "set", "--file", "A=1");

        Assert.Contains("key = \"A\"", Read(folder, "shared.toml"));
        Assert.NotNull(new FileInfo(Path.Combine(folder.Path, File)).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(target));
    }

    [Theory]
    [InlineData("name = 'shop'\n", ExitCodes.NotFound, "sets no A, B", "env", "unset", "--file", "A", "B")]
    [InlineData("name = shop\n", ExitCodes.Failed, ".berth/app.toml:1:8", "env", "set", "--file", "A=1")]
    [InlineData("env = [{ key = 'A' }]\n", ExitCodes.Failed, ".berth/app.toml:1:1", "env", "set", "--file", "A=1")]
    [InlineData("name = 'shop'\n", ExitCodes.Usage, "neither --app nor --format", "env", "set", "--file", "-a", "shop", "A=1")]
    [InlineData("name = 'shop'\n", ExitCodes.Usage, "cannot name a variable", "env", "unset", "--file", "A-B")]
    public async Task What_cannot_be_changed_is_told_and_left_as_it_is(string content, int exitCode, string message, params string[] args)
    {
        using var folder = new SourceFolder().Write(File, content);

        var run = await RunAsync(folder, args);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(message, run.Error);
        Assert.Equal(content, Read(folder));
    }

    [Fact]
    public async Task Without_an_app_toml_there_is_nothing_to_change()
    {
        using var folder = new SourceFolder();

        var run = await RunAsync(folder, "env", "set", "--file", "A=1");

        Assert.Equal(ExitCodes.NotFound, run.ExitCode);
        Assert.Contains("\"berth init\"", run.Error);
    }

    private static Task<CommandRun> RunAsync(SourceFolder folder, params string[] args) => CommandRun.OfAsync("http://127.0.0.1:1", new TestTerminal(), args, folder: folder.Path);

    private static string Read(SourceFolder folder, string file = File) => System.IO.File.ReadAllText(Path.Combine(folder.Path, file));
}
