using Berth.Builds.Stacks;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Testing;
using Berth.Testing.Docker;

namespace Berth.Builds.Tests.Stacks;

public sealed class StackImagesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stack_is_built_once_and_found_again()
    {
        await using var docker = await FakeDocker.StartAsync();
        using var images = Images(docker);
        using var bootstrap = new FakeBootstrap();
        var output = new List<string>();

        var first = await Stacks(images, bootstrap).EnsureAsync("stack/redis", output.Add, Ct);
        var second = await Stacks(images, bootstrap).EnsureAsync("stack/redis:latest", output.Add, Ct);

        Assert.Null(first.Error);
        Assert.Equal(first.Image!.Id, second.Image!.Id);
        Assert.Equal([6379], first.Image.ExposedTcpPorts);
        Assert.Single(bootstrap.Calls);
        Assert.Contains("--include=apt,ca-certificates,tzdata", bootstrap.Calls[0]);
        Assert.Contains("I: extracting archives...\n", output);
        Assert.Equal(2, second.Image.Tags.Count(tag => tag.StartsWith("stack/redis:", StringComparison.Ordinal)));
        Assert.DoesNotContain("stack/redis:unfinished", second.Image.Tags);
    }

    [Fact]
    public async Task Two_deployments_share_one_build()
    {
        await using var docker = await FakeDocker.StartAsync();
        using var images = Images(docker);
        using var gate = new TemporaryFolder();
        // Ends when the test opens the gate.
        using var bootstrap = new FakeBootstrap($"while [ ! -e {gate.File("open")} ]; do sleep 0.05; done");
        var stacks = Stacks(images, bootstrap);
        var building = new TaskCompletionSource();
        var waiting = new TaskCompletionSource();

        var first = stacks.EnsureAsync("stack/python", text => Signal(building, text, "extracting"), Ct);
        await building.Task.WaitAsync(Ct);
        var second = stacks.EnsureAsync("stack/python", text => Signal(waiting, text, "which another deployment is building"), Ct);
        await waiting.Task.WaitAsync(Ct);
        await File.WriteAllTextAsync(gate.File("open"), "", Ct);

        Assert.Equal((await first).Image!.Id, (await second).Image!.Id);
        Assert.Single(bootstrap.Calls);

        static void Signal(TaskCompletionSource signal, string text, string what)
        {
            if (text.Contains(what, StringComparison.Ordinal))
                signal.TrySetResult();
        }
    }

    [Fact]
    public async Task A_failed_build_shows_its_last_lines_and_leaves_no_image()
    {
        await using var docker = await FakeDocker.StartAsync();
        using var images = Images(docker);
        using var bootstrap = new FakeBootstrap("echo 'E: mirror.invalid does not resolve' >&2; tar -cf - -T /dev/null; exit 25");

        var result = await Stacks(images, bootstrap).EnsureAsync("stack/base", _ => { }, Ct);

        Assert.Equal("stack-failed", result.Error?.Code);
        Assert.Contains("mmdebstrap ended with 25: I: extracting archives... | E: mirror.invalid does not resolve", result.Error!.Message);
        Assert.Null(await images.FindImageAsync("stack/base:unfinished", Ct));
        Assert.Null(await images.FindImageAsync("stack/base", Ct));
    }

    [Fact]
    public async Task An_engine_that_refuses_the_image_is_told_apart_from_a_failed_bootstrap()
    {
        await using var docker = await FakeDocker.StartAsync();
        using var images = Images(docker);
        using var bootstrap = new FakeBootstrap("sleep 3600");
        docker.FailNext("POST /images/create", 500, "write /var/lib/docker/tmp/x: no space left on device");

        var result = await Stacks(images, bootstrap).EnsureAsync("stack/base", _ => { }, Ct);

        Assert.Equal("disk-full", result.Error?.Code);
        Assert.Contains("stack/base could not be built", result.Error!.Message);
    }

    [Fact]
    public async Task A_server_without_mmdebstrap_is_told_what_to_install()
    {
        await using var docker = await FakeDocker.StartAsync();
        using var images = Images(docker);
        using var bootstrap = new FakeBootstrap();
        var stacks = new StackImages(images, bootstrap.Options with { Mmdebstrap = "/nowhere/mmdebstrap" }, new BuildOptions(), TimeProvider.System);

        var result = await stacks.EnsureAsync("stack/base", _ => { }, Ct);

        Assert.Equal("mmdebstrap-missing", result.Error?.Code);
        Assert.Contains("apt-get install mmdebstrap", result.Error!.Hint);
    }

    [Fact]
    public async Task A_build_that_never_ends_is_killed_at_the_limit()
    {
        await using var docker = await FakeDocker.StartAsync();
        using var images = Images(docker);
        using var bootstrap = new FakeBootstrap("sleep 3600");
        var time = new ManualTimeProvider();
        var stacks = new StackImages(images, bootstrap.Options, new BuildOptions(), time);
        var started = new TaskCompletionSource();

        var building = stacks.EnsureAsync("stack/base", text => { if (text.StartsWith("I: ", StringComparison.Ordinal)) started.TrySetResult(); }, Ct);
        await started.Task.WaitAsync(Ct);
        time.Advance(bootstrap.Options.Timeout);

        Assert.Equal("stack-timeout", (await building).Error?.Code);
    }

    [Fact]
    public async Task A_changed_recipe_makes_a_new_image()
    {
        await using var docker = await FakeDocker.StartAsync();
        using var images = Images(docker);
        using var bootstrap = new FakeBootstrap();
        await Stacks(images, bootstrap).EnsureAsync("stack/base", _ => { }, Ct);

        await new StackImages(images, bootstrap.Options with { Mirror = "http://mirror.invalid/debian" }, new BuildOptions(), TimeProvider.System).EnsureAsync("stack/base", _ => { }, Ct);

        Assert.Equal(2, bootstrap.Calls.Count);
        Assert.EndsWith(" bookworm - http://mirror.invalid/debian", bootstrap.Calls[1]);
    }

    [Fact]
    public async Task A_stack_is_a_layer_upon_its_parent()
    {
        await using var docker = await FakeDocker.StartAsync();
        using var images = Images(docker);
        using var bootstrap = new FakeBootstrap();
        var output = new List<string>();

        await Stacks(images, bootstrap).EnsureAsync("stack/python-build", output.Add, Ct);

        var text = string.Concat(output);
        Assert.Contains("building stack/base from Debian bookworm", text);
        Assert.Contains("building stack/build from Debian bookworm", text);
        Assert.Matches("FROM stack/base:[0-9a-f]{12}\n", text);
        Assert.Matches("FROM stack/build:[0-9a-f]{12}\n", text);
        Assert.Matches("apt-get install -y -qq --no-install-recommends python3 .* python3-dev ", text);
        Assert.NotNull(await images.FindImageAsync("stack/build:latest", Ct));
        Assert.Equal(2, docker.Calls.Count(call => call == "POST /build"));
    }

    [Fact]
    public async Task Stacks_of_old_recipes_are_removed_unless_something_uses_them()
    {
        await using var docker = await FakeDocker.StartAsync();
        using var images = Images(docker);
        using var bootstrap = new FakeBootstrap();
        var old = new StackImages(images, bootstrap.Options with { Mirror = "http://mirror.invalid/debian" }, new BuildOptions(), TimeProvider.System);
        var ofRelease = (await old.EnsureAsync("stack/redis", _ => { }, Ct)).Image!;
        var unused = (await old.EnsureAsync("stack/postgres", _ => { }, Ct)).Image!;
        docker.AddImage("stack/mine:1", new FakeImage { Cmd = ["mine"] });
        var stacks = Stacks(images, bootstrap);
        var followed = (await stacks.EnsureAsync("stack/static", _ => { }, Ct)).Image!;

        await stacks.PruneAsync(new HashSet<string> { ofRelease.Id }, Ct);

        Assert.NotNull(await images.FindImageAsync(ofRelease.Id, Ct));
        Assert.Null(await images.FindImageAsync(unused.Id, Ct));
        Assert.NotNull(await images.FindImageAsync(followed.Id, Ct));
        Assert.NotNull(await images.FindImageAsync("stack/mine:1", Ct));
    }

    [Fact]
    public async Task A_server_without_a_dotnet_sdk_is_told_the_ways_out()
    {
        await using var docker = await FakeDocker.StartAsync();
        using var images = Images(docker);
        using var bootstrap = new FakeBootstrap();
        var stacks = new StackImages(images, bootstrap.Options with { DotnetFolder = "/nowhere" }, new BuildOptions(), TimeProvider.System);

        var result = await stacks.EnsureAsync("stack/dotnet", _ => { }, Ct);

        Assert.Equal("dotnet-missing", result.Error?.Code);
        Assert.Contains("version", result.Error!.Hint);
    }

    [Fact]
    public async Task The_machine_s_own_certificates_are_part_of_the_recipe()
    {
        await using var docker = await FakeDocker.StartAsync();
        using var images = Images(docker);
        using var bootstrap = new FakeBootstrap();
        using var certificates = new TemporaryFolder();
        var options = bootstrap.Options with { CertificateFolder = certificates.Path };
        await new StackImages(images, options, new BuildOptions(), TimeProvider.System).EnsureAsync("stack/base", _ => { }, Ct);

        await File.WriteAllTextAsync(certificates.File("own.crt"), "-----BEGIN CERTIFICATE-----", Ct);
        await new StackImages(images, options, new BuildOptions(), TimeProvider.System).EnsureAsync("stack/base", _ => { }, Ct);

        Assert.Equal(2, bootstrap.Calls.Count);
    }

    [Theory]
    [InlineData("stack/cobol", "stack-unknown")]
    [InlineData("stack/python:3.99", "image-missing")]
    public async Task A_stack_that_there_is_not_is_named(string reference, string code)
    {
        await using var docker = await FakeDocker.StartAsync();
        using var images = Images(docker);
        using var bootstrap = new FakeBootstrap();

        var result = await Stacks(images, bootstrap).EnsureAsync(reference, _ => { }, Ct);

        Assert.Equal(code, result.Error?.Code);
        Assert.Contains(reference, result.Error!.Message);
        Assert.Empty(bootstrap.Calls);
    }

    private static StackImages Stacks(IImageStore images, FakeBootstrap bootstrap) => new(images, bootstrap.Options, new BuildOptions(), TimeProvider.System);

    private static DockerImages Images(FakeDocker docker) => new(new DockerEngineOptions { Socket = docker.Socket, Owner = "test" }, TimeProvider.System);
}
