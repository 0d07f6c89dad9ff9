namespace Berth.EndToEnd.Tests;

/// <summary>The examples of Enclave's and Aptible's pages about services; Procfiles are read out of the page and used unmodified.</summary>
public sealed class EnclaveTests(SharedServer shared)
{
    private const string Page = "enclave-services.md";

    [Fact]
    public async Task The_Procfile_of_two_processes_runs_both_from_one_image()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        var procfile = ReferencePage.Read(Page).FencedBlocks().Single(b => b.Count == 2 && b[0].StartsWith("web: ", StringComparison.Ordinal));
        await using var ruby = await TinyImage.MakeAsync(ct);
        using var source = SourceFolder.With(("Procfile", string.Join('\n', procfile)), RubyStandIn.Bundle, RubyStandIn.Dockerfile(ruby));

        (await berth.CliAsync("deploy", source.Path, "-a", "enclave-two")).Succeeded();

        Assert.StartsWith("rails on port 3000", await berth.PageAsync("enclave-two"), StringComparison.Ordinal);
        var web = Assert.Single(await berth.RunningAsync("enclave-two", "web"));
        var worker = Assert.Single(await berth.RunningAsync("enclave-two", "worker"));
        var images = new List<string>();
        foreach (var sandbox in new[] { web, worker })
            images.Add((string)(await berth.Engine.InspectAsync((string)sandbox["id"]!, ct))["Image"]!);
        Assert.Single(images.Distinct());
    }

    [Fact]
    public async Task A_command_is_interpreted_by_a_shell_so_that_PORT_is_expanded()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        var procfile = ReferencePage.Read(Page).BlockFrom("web: bundle exec rails server -p $PORT");
        await using var ruby = await TinyImage.MakeAsync(ct, "EXPOSE 4567");
        using var source = SourceFolder.With(("Procfile", procfile[0]), RubyStandIn.Bundle, RubyStandIn.Dockerfile(ruby));

        (await berth.CliAsync("deploy", source.Path, "-a", "enclave-port")).Succeeded();

        Assert.StartsWith("rails on port 4567", await berth.PageAsync("enclave-port"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_with_neither_Procfile_nor_CMD_is_refused_and_nothing_changes()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var web = await TinyImage.MakeWebAsync(ct);
        await using var bare = await TinyImage.MakeAsync(ct);
        using var source = SourceFolder.With(("Dockerfile", $"FROM {bare.Reference}\nRUN echo built >/www/index.html\n"));
        (await berth.CliAsync("deploy", "--image", web.Reference, "-a", "enclave-none")).Succeeded();
        var before = (await berth.AppAsync("enclave-none"))["version"]!.ToString();

        var byImage = (await berth.CliAsync("deploy", "--image", bare.Reference, "-a", "enclave-none")).Exited(1);
        var bySource = (await berth.CliAsync("deploy", source.Path, "-a", "enclave-none")).Exited(1);

        foreach (var refused in new[] { byImage, bySource })
        {
            Assert.Contains("this app defines no service", refused.Stderr, StringComparison.Ordinal);
            Assert.Contains("add a Procfile, an app.toml, a manifest.yml, or give the image a CMD", refused.Stderr, StringComparison.Ordinal);
        }
        Assert.Equal(before, (await berth.AppAsync("enclave-none"))["version"]!.ToString());
        await berth.PageAsync("enclave-none");
    }

    [Fact]
    public async Task An_image_brings_its_Procfile_along_in_the_folder_aptible()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var bare = await TinyImage.MakeAsync(ct);
        using var source = SourceFolder.With(
            ("Dockerfile", $"FROM {bare.Reference}\nCOPY Procfile /.aptible/Procfile\nCMD exit 1\n"),
            (".dockerignore", "none\n"),
            ("Procfile", $"web: {TinyImage.Web}\nclock: {TinyImage.Worker}\n"));
        // The image is one that Berth has built for another app.
        (await berth.CliAsync("deploy", source.Path, "-a", "aptible-builder")).Succeeded();
        var image = Assert.Single(await berth.Engine.ImagesAsync("berth.app=aptible-builder", ct));

        (await berth.CliAsync("deploy", "--image", image, "-a", "aptible-image")).Succeeded();

        await berth.PageAsync("aptible-image");
        Assert.Single(await berth.RunningAsync("aptible-image", "clock"));
        Assert.Empty(await berth.RunningAsync("aptible-image", "cmd"));
    }

    [Fact]
    public async Task A_Procfile_given_with_an_image_wins_over_the_images_own_and_its_CMD()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct, "CMD exit 1");
        using var source = SourceFolder.With(("processes", $"web: {TinyImage.Web}\nurgent_worker: {TinyImage.Worker}\n"));

        (await berth.CliAsync("deploy", "--image", image.Reference, "--procfile", Path.Combine(source.Path, "processes"), "-a", "aptible-procfile")).Succeeded();

        await berth.PageAsync("aptible-procfile");
        Assert.Single(await berth.RunningAsync("aptible-procfile", "urgent_worker"));
    }
}
