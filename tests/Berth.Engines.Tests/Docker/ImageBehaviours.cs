using System.Formats.Tar;
using System.Text;
using Berth.Model;
using Berth.Testing;

namespace Berth.Engines.Tests.Docker;

public sealed class FakeImageBehaviours : ImageBehaviours
{
    protected override Task<EngineUnderTest> CreateAsync() => EngineUnderTest.FakeAsync();
}

public sealed class RealImageBehaviours : ImageBehaviours
{
    protected override Task<EngineUnderTest> CreateAsync() => EngineUnderTest.RealAsync();
}

/// <summary>What holds of images on every Docker Engine; run on the fake at the wire and on a real one.</summary>
public abstract class ImageBehaviours : IAsyncLifetime
{
    private EngineUnderTest _on = null!;

    protected abstract Task<EngineUnderTest> CreateAsync();

    public async ValueTask InitializeAsync() => _on = await CreateAsync();

    public async ValueTask DisposeAsync()
    {
        if (_on is not null)
            await _on.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_disk_is_used_for_names_each_image_with_its_own_bytes()
    {
        var image = await BusyboxImage.ImportAsync(_on.Images, Ct, $"berth-test/{_on.App}:usage", "CMD [\"true\"]");

        var usage = await _on.Images.UsageAsync(Ct);

        var used = Assert.Single(usage.Images, i => i.Id == image.Id);
        Assert.Contains($"berth-test/{_on.App}:usage", used.Tags);
        Assert.Null(used.App);
        Assert.True(used.UniqueBytes >= 0 && usage.LayerBytes >= usage.Images.Sum(i => i.UniqueBytes));
        Assert.NotNull(await _on.Images.DataFolderAsync(Ct));
    }

    [Fact]
    public async Task An_imported_image_has_what_its_changes_say()
    {
        var image = await BusyboxImage.ImportAsync(_on.Images, Ct, $"berth-test/{_on.App}:full",
            "CMD [\"httpd\", \"-f\"]", "ENTRYPOINT [\"/bin/sh\", \"-c\"]", "EXPOSE 8080", "EXPOSE 53/udp", "EXPOSE 80/tcp",
            "WORKDIR /www", "USER nobody", "ENV A=b", $"LABEL berth.app={_on.App}", $"LABEL berth.owner={_on.Options.Owner}");

        Assert.StartsWith("sha256:", image.Id);
        Assert.Equal(["httpd", "-f"], image.Cmd);
        Assert.Equal(["/bin/sh", "-c"], image.Entrypoint);
        Assert.Equal([80, 8080], image.ExposedTcpPorts);
        Assert.Equal(("/www", "nobody", null), (image.WorkingDir, image.User, image.StopSignal));
        Assert.Contains("A=b", image.Env);
        Assert.Contains($"berth-test/{_on.App}:full", image.Tags);
        Assert.True(image.HasCommand);
        Assert.True(image.SizeBytes > ByteSize.MiB);
        Assert.Equal((await _on.Engine.InfoAsync(Ct)).Architecture, image.Architecture);
    }

    [Fact]
    public async Task A_change_that_is_none_is_refused_by_the_engine_before_it_reads_the_image()
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => BusyboxImage.ImportAsync(_on.Images, Ct, $"berth-test/{_on.App}:bad", "DANCE all night"));

        Assert.Equal(EngineError.Refused, error.Error);
        Assert.Contains("dance is not a valid change command", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_image_is_found_by_id_and_by_name_and_a_missing_one_is_not()
    {
        Assert.Equal(_on.ImageId, (await _on.Images.FindImageAsync(_on.ImageId, Ct))?.Id);
        Assert.Equal(_on.ImageId, (await _on.Images.FindImageAsync("berth-test/busybox", Ct))?.Id);
        Assert.Null(await _on.Images.FindImageAsync("berth-test/none:1", Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../containers/json")]
    [InlineData("a//b")]
    [InlineData("a?b=c")]
    [InlineData("white space")]
    [InlineData("-flag")]
    public async Task What_is_no_reference_is_refused_by_name(string reference)
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => _on.Images.PullImageAsync(reference, _ => { }, Ct));

        Assert.Equal(EngineError.ImageMissing, error.Error);
        Assert.Contains($"\"{reference}\"", error.Message);
        await Assert.ThrowsAsync<EngineException>(() => _on.Images.FindImageAsync(reference, Ct));
    }

    [Fact]
    public async Task A_file_is_read_out_of_an_image_also_by_a_link()
    {
        Assert.StartsWith("root:x:0", Encoding.ASCII.GetString((await _on.Images.ReadFileAsync(_on.ImageId, "/etc/passwd", 1000, Ct))!));
        Assert.Null(await _on.Images.ReadFileAsync(_on.ImageId, "/etc/none", 1000, Ct));

        // A link in the same folder leads to a program of 2 MB.
        var error = await Assert.ThrowsAsync<EngineException>(() => _on.Images.ReadFileAsync(_on.ImageId, "/bin/sh", 1000, Ct));
        Assert.Contains("/bin/busybox", error.Message);
        Assert.Equal(EngineError.ImageMissing, (await Assert.ThrowsAsync<EngineException>(() => _on.Images.ReadFileAsync("berth-test/none:1", "/x", 10, Ct))).Error);
    }

    [Fact]
    public async Task Reading_a_file_leaves_no_sandbox_behind_and_its_leftovers_are_none()
    {
        await _on.Images.ReadFileAsync(_on.ImageId, "/etc/passwd", 1000, Ct);

        await _on.Images.RemoveLeftoversAsync(Ct);

        Assert.Empty(await _on.Engine.ListSandboxesAsync(null, Ct));
    }

    [Fact]
    public async Task A_build_streams_its_output_and_labels_its_image()
    {
        var output = new StringBuilder();

        var image = await BuildAsync("FROM berth-test/busybox\nRUN echo building\nSTOPSIGNAL SIGQUIT\nCMD [\"sleep\", \"5\"]\n", output);

        Assert.Contains(" : FROM berth-test/busybox", output.ToString());
        Assert.Contains("\nbuilding\n", output.ToString());
        Assert.Equal(["sleep", "5"], image.Cmd);
        Assert.Equal("SIGQUIT", image.StopSignal);
        Assert.Equal(image.Id, Assert.Single(await _on.Images.ListImagesAsync(_on.App, Ct)).Id);
        Assert.Equal(image.Id, Assert.Single(await _on.Images.ListImagesAsync(null, Ct)).Id);
        Assert.Empty(await _on.Images.ListImagesAsync("another", Ct));
    }

    [Fact]
    public async Task A_build_step_that_fails_says_which()
    {
        var output = new StringBuilder();

        var error = await Assert.ThrowsAsync<EngineException>(() => BuildAsync("FROM berth-test/busybox\nRUN echo before; exit 7\n", output));

        Assert.Equal(EngineError.BuildFailed, error.Error);
        Assert.Contains("exit 7", error.Message);
        Assert.Contains("non-zero code: 7", error.Message);
        Assert.Contains("before\n", output.ToString());
    }

    [Fact]
    public async Task A_build_without_its_Dockerfile_says_so_even_if_the_context_is_large()
    {
        using var context = Context(("other", new string('x', 5_000_000)));

        var error = await Assert.ThrowsAsync<EngineException>(() => _on.Images.BuildImageAsync(Build(), context, _ => { }, Ct));

        Assert.Equal(EngineError.BuildFailed, error.Error);
        Assert.Contains("Dockerfile", error.Message);
    }

    [Fact]
    public async Task A_tag_can_be_added_and_removed_but_not_while_it_is_the_last_of_an_image_in_use()
    {
        var image = await BuildAsync("FROM berth-test/busybox\nCMD [\"sleep\", \"1000\"]\n", new StringBuilder());
        var second = $"berth-test/{_on.App}:second";
        await _on.Images.TagImageAsync(image.Id, second, Ct);
        await _on.StartAsync(_on.Spec("web") with { ImageId = image.Id });

        Assert.True(await _on.Images.RemoveImageAsync(second, Ct));
        Assert.True(await _on.Images.RemoveImageAsync(second, Ct));
        Assert.False(await _on.Images.RemoveImageAsync(Build().Tag, Ct));
        Assert.Equal([Build().Tag], (await _on.Images.FindImageAsync(image.Id, Ct))?.Tags);
        Assert.Equal(EngineError.ImageMissing, (await Assert.ThrowsAsync<EngineException>(() => _on.Images.TagImageAsync("berth-test/none:1", second, Ct))).Error);
    }

    private ImageBuild Build() => new()
    {
        Tag = $"berth-test/{_on.App}:built",
        Dockerfile = "Dockerfile",
        Labels = new Dictionary<string, string> { [Labels.App] = _on.App },
        CacheFrom = ["berth-test/busybox:latest"],
        MemoryBytes = 256 * ByteSize.MiB,
        Cpu = 1.5,
    };

    private async Task<ImageInfo> BuildAsync(string dockerfile, StringBuilder output)
    {
        using var context = Context(("Dockerfile", dockerfile));
        return await _on.Images.BuildImageAsync(Build(), context, text => output.Append(text), Ct);
    }

    private static MemoryStream Context(params (string Name, string Text)[] files)
    {
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, leaveOpen: true))
            foreach (var (name, text) in files)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        stream.Position = 0;
        return stream;
    }
}
