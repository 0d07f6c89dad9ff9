using System.Text;
using Berth.Builds.Stacks;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Testing;
using Berth.Testing.Docker;

namespace Berth.Builds.Tests;

public sealed class ImageBuilderTests : IAsyncLifetime
{
    private readonly FakeBootstrap _bootstrap = new();
    private readonly StringBuilder _output = new();
    private FakeDocker _docker = null!;
    private DockerImages _images = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _docker = await FakeDocker.StartAsync();
        _images = new DockerImages(new DockerEngineOptions { Socket = _docker.Socket, Owner = "test" }, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _images.Dispose();
        await _docker.DisposeAsync();
        _bootstrap.Dispose();
    }

    [Fact]
    public async Task A_dockerfile_is_built_with_what_dockerignore_leaves()
    {
        using var source = new SourceFolder(("Dockerfile", "FROM scratch\nCOPY . /\nCMD [\"/run\"]"), (".dockerignore", "*\n!run\n"), ("run", "x"), ("secret", "x"));

        var result = await BuildAsync(source);

        Assert.Null(result.Error);
        Assert.Equal(["berth/shop:dep-7"], result.Image!.Tags);
        Assert.Equal(["/run"], result.Image.Cmd);
        Assert.NotNull(await _images.FindImageAsync("berth/shop:dep-7", Ct));
        Assert.Equal(result.Image.Id, (await _images.ListImagesAsync("shop", Ct)).Single().Id);
        Assert.Contains("Step 1/3 : FROM scratch", _output.ToString());
    }

    [Fact]
    public async Task A_stack_in_a_from_line_is_made_first()
    {
        using var source = new SourceFolder(("Dockerfile", "FROM stack/ruby\nCMD [\"ruby\", \"app.rb\"]"));

        var result = await BuildAsync(source);

        Assert.Null(result.Error);
        Assert.Single(_bootstrap.Calls);
        Assert.Equal(["ruby", "app.rb"], result.Image!.Cmd);
    }

    [Fact]
    public async Task A_detected_stack_is_built_without_a_command_of_its_own()
    {
        using var source = new SourceFolder(("app.py", "print(1)"));

        var result = await BuildAsync(source);

        Assert.Null(result.Error);
        Assert.False(result.Image!.HasCommand);
        Assert.Equal(("app", "/app"), (result.Image.User, result.Image.WorkingDir));
        Assert.Contains("app.py found: stack python\n", _output.ToString());
    }

    [Fact]
    public async Task A_source_that_cannot_be_built_touches_nothing()
    {
        using var source = new SourceFolder(("notes.txt", ""));

        Assert.Equal("no-build", (await BuildAsync(source)).Error?.Code);
        Assert.Empty(_docker.Calls);
    }

    [Fact]
    public async Task A_failed_step_is_named_with_the_last_lines()
    {
        using var source = new SourceFolder(("Dockerfile", "FROM scratch\nRUN echo no flour; exit 3\n"));

        var result = await BuildAsync(source);

        Assert.Equal("build-failed", result.Error?.Code);
        Assert.Contains("the build of shop failed at Step 2/2 : RUN echo no flour; exit 3", result.Error!.Message);
        Assert.Contains("no flour", result.LastLines);
    }

    [Fact]
    public async Task A_base_image_out_of_reach_points_to_those_that_need_no_registry()
    {
        using var source = new SourceFolder(("Dockerfile", "FROM ruby:3.3\n"));

        var error = (await BuildAsync(source)).Error!;

        Assert.Contains("Step 1/1 : FROM ruby:3.3", error.Message);
        Assert.Contains("stack/ruby", error.Hint);
    }

    [Fact]
    public async Task A_build_that_takes_too_long_is_ended()
    {
        var time = new ManualTimeProvider();
        using var source = new SourceFolder(("Dockerfile", "FROM scratch\n"));
        using var held = _docker.Hold("POST /build");

        var building = Builder(time).BuildAsync(Request(source), _ => { }, Ct);
        await time.WaitForTimersAsync(1, Ct);
        time.Advance(new BuildOptions().Timeout);

        var error = (await building).Error!;
        Assert.Equal("build-timeout", error.Code);
        Assert.Contains("longer than 30 minutes", error.Message);
    }

    [Fact]
    public async Task More_builds_than_may_run_at_once_wait_and_say_so()
    {
        using var source = new SourceFolder(("Dockerfile", "FROM scratch\n"));
        var builder = new ImageBuilder(_images, new StackImages(_images, _bootstrap.Options, new BuildOptions(), TimeProvider.System), new BuildOptions { AtOnce = 1 }, TimeProvider.System);
        var waiting = new TaskCompletionSource();
        var held = _docker.Hold("POST /build");

        var first = builder.BuildAsync(Request(source), _ => { }, Ct);
        var second = builder.BuildAsync(Request(source) with { DeploymentId = "dep-8" }, text => { if (text.StartsWith("waiting for another build", StringComparison.Ordinal)) waiting.TrySetResult(); }, Ct);
        await waiting.Task.WaitAsync(Ct);
        held.Dispose();

        Assert.Null((await first).Error);
        Assert.Null((await second).Error);
    }

    [Fact]
    public async Task A_service_s_image_is_the_local_one_if_there_is_one()
    {
        _docker.AddImage("redis:7-alpine", new FakeImage { Ports = ["6379/tcp"] });

        var result = await Builder().ResolveServiceImageAsync("redis:7-alpine", _ => { }, Ct);

        Assert.Equal([6379], result.Image!.ExposedTcpPorts);
        Assert.DoesNotContain(_docker.Calls, call => call.Contains("/images/create", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_s_image_is_pulled_otherwise()
    {
        _docker.AddToRegistry("redis:7-alpine", new FakeImage { Ports = ["6379/tcp"] });

        var result = await Builder().ResolveServiceImageAsync("redis:7-alpine", text => _output.Append(text), Ct);

        Assert.Equal([6379], result.Image!.ExposedTcpPorts);
        Assert.NotEqual(0, _output.Length);
    }

    [Fact]
    public async Task An_image_that_cannot_be_had_is_named_with_what_could_stand_in()
    {
        var error = (await Builder().ResolveServiceImageAsync("redis:7-alpine", _ => { }, Ct)).Error!;

        Assert.Equal("image-missing", error.Code);
        Assert.Contains("redis:7-alpine", error.Message);
        Assert.Contains("stack/redis", error.Hint);
    }

    [Fact]
    public async Task A_service_may_name_a_stack()
    {
        var result = await Builder().ResolveServiceImageAsync("stack/postgres", _ => { }, Ct);

        Assert.Equal(["/usr/local/bin/berth-postgres"], result.Image!.Entrypoint);
    }

    private ImageBuilder Builder(TimeProvider? time = null) =>
        new(_images, new StackImages(_images, _bootstrap.Options, new BuildOptions(), TimeProvider.System), new BuildOptions(), time ?? TimeProvider.System);

    private Task<BuildResult> BuildAsync(SourceFolder source) => Builder().BuildAsync(Request(source), text => _output.Append(text), Ct);

    private static BuildRequest Request(SourceFolder source) => new() { App = "shop", SourceDirectory = source.Path, Definition = new BuildDefinition(), DeploymentId = "dep-7" };
}
