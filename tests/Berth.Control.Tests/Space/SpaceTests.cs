using Berth.Control.Operations;
using Berth.Model;
using Berth.Testing;
using Berth.Testing.Docker;

namespace Berth.Control.Tests.Space;

/// <summary>What is kept, what is counted, and what does not fit.</summary>
public sealed class SpaceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Releases_beyond_those_kept_go_with_their_images_and_nothing_else_does()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: h => h.Options = h.Options with { ReleasesKept = 2, DeploymentsKept = 2, ResyncPeriod = TimeSpan.FromMilliseconds(50) });
        house.Docker.AddImage("somebody/else:1", new FakeImage { Cmd = ["not ours"], Labels = new Dictionary<string, string> { [Labels.App] = "demo", [Labels.Owner] = "another" } });
        house.Docker.AddImage("stack/base:old", new FakeImage { Cmd = ["old"] });
        house.Docker.AddImage("stack/base:new", new FakeImage { Cmd = ["new"] }).Tags.Add("stack/base:latest");
        house.Control.Apps.Create("demo");
        for (int i = 1; i <= 5; i++)
            Assert.Equal(DeploymentOutcome.Succeeded, (await DeployAsync(house, i)).Outcome);

        await Eventually.HoldsAsync(() => Numbers(house).SequenceEqual([5, 4]) && Built(house).Count == 2 && !Has(house, "stack/base:old"));

        Assert.Equal(house.Stores.Releases.List("demo").SelectMany(r => r.Services).Select(s => s.ImageId).Order(), Built(house).Order());
        Assert.Equal(2, Directory.GetFiles(house.Options.DeploymentsFolder).Length);
        Assert.All(["somebody/else:1", "stack/base:new", ControlUnderTest.Image], kept => Assert.True(Has(house, kept), kept));
        Assert.Equal(DeploymentOutcome.Succeeded, (await house.EndOfAsync(ControlUnderTest.Id(house.Control.Deployments.RollBack(house.Stores.Apps.Find("demo")!, "v4")))).Outcome);
    }

    [Fact]
    public async Task The_active_release_and_the_one_before_it_stay_however_old_they_are()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: h => h.Options = h.Options with { ReleasesKept = 1, ResyncPeriod = TimeSpan.FromMilliseconds(50) });
        house.Control.Apps.Create("demo");
        await DeployAsync(house, 1);
        await DeployAsync(house, 2);
        for (int i = 3; i <= 6; i++)
            Assert.Equal(DeploymentOutcome.Failed, (await house.DeployAsync("demo", $"web: exit {i}")).Outcome);

        await Eventually.HoldsAsync(() => Numbers(house).SequenceEqual([6, 2, 1]));

        Assert.Equal(2, house.Active("demo").Number);
        Assert.Equal(DeploymentOutcome.Succeeded, (await house.EndOfAsync(ControlUnderTest.Id(house.Control.Deployments.RollBack(house.Stores.Apps.Find("demo")!, null)))).Outcome);
    }

    [Fact]
    public async Task An_image_built_for_an_app_stays_as_long_as_another_app_may_return_to_it()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        await DeployAsync(house, 1);
        var image = house.Docker.Images.Single(i => i.Id == house.Active("demo").Services[0].ImageId).Tags.First();
        house.Control.Apps.Create("copy");
        await house.DeployAsync("copy", image: image);
        house.Scale("copy", "web", "0");
        await house.Control.WaitSettledAsync("copy", Ct);

        house.Control.Apps.Delete("demo");
        await Eventually.HoldsAsync(() => house.Stores.Apps.Find("demo") is null);
        Assert.True(Has(house, image));
        house.Control.Apps.Delete("copy");
        await Eventually.HoldsAsync(() => house.Stores.Apps.Find("copy") is null);

        Assert.False(Has(house, image));
    }

    [Fact]
    public async Task Every_byte_is_counted_once()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Docker.AddImage("stack/base:latest", new FakeImage { Cmd = ["stack"] });
        house.Control.Apps.Create("demo");
        await DeployAsync(house, 1);
        Directory.CreateDirectory(house.Options.RepositoryOf("demo"));
        await File.WriteAllBytesAsync(Path.Combine(house.Options.RepositoryOf("demo"), "pack"), new byte[77], Ct);

        var use = await house.Control.Space.MakeAsync(Ct);

        var demo = Assert.Single(use.Apps);
        Assert.Equal((FakeDocker.OwnLayer, 10, 77), (demo.Images, demo.Sandboxes, demo.Git));
        Assert.Equal(new DirectoryInfo(house.Options.DeploymentsFolder).EnumerateFiles().Sum(f => f.Length), demo.Releases);
        Assert.Equal(FakeDocker.OwnLayer, use.Stacks);
        Assert.Equal(FakeDocker.SharedLayer + FakeDocker.OwnLayer * (house.Docker.Images.Count - 2), use.OtherLayers);
        Assert.Equal(5, use.BuildCache);
        Assert.True(use.State > 0 && use.Free > 0);
    }

    [Fact]
    public async Task A_deployment_that_cannot_fit_is_refused_before_it_begins()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: h => h.Options = h.Options with { DiskReserveBytes = 1L << 60 });
        house.Control.Apps.Create("demo");
        var archive = await house.ArchiveAsync(new Dictionary<string, string> { ["Procfile"] = "web: serve" });

        var source = house.Control.Deployments.DeploySource(house.Stores.Apps.Find("demo")!, archive, commit: null, force: false);
        var image = house.Control.Deployments.DeployImage(house.Stores.Apps.Find("demo")!, ControlUnderTest.Image, archive: null, force: false);

        Assert.All([source.Error!, image.Error!], error => Assert.Equal((ErrorKind.NoSpace, "disk-full"), (error.Kind, error.Code)));
        Assert.Contains("berth system df", source.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(house.Options.BuildsFolder));
        Assert.Empty(house.Stores.Deployments.List("demo", 10));
    }

    private static async Task<Berth.Control.Deployments.DeploymentResult> DeployAsync(ControlUnderTest house, int content)
    {
        var archive = await house.ArchiveAsync(new Dictionary<string, string> { ["Dockerfile"] = $"FROM {ControlUnderTest.Image}\nENV CONTENT={content}\n", ["Procfile"] = "web: serve\n" });
        return await house.EndOfAsync(ControlUnderTest.Id(house.Control.Deployments.DeploySource(house.Stores.Apps.Find("demo")!, archive, commit: null, force: false)));
    }

    private static IEnumerable<int> Numbers(ControlUnderTest house) => house.Stores.Releases.List("demo").Select(r => r.Number);

    private static List<string> Built(ControlUnderTest house) => [.. house.Docker.Images.Where(i => i.Labels.GetValueOrDefault(Labels.Owner) == "test").Select(i => i.Id)];

    private static bool Has(ControlUnderTest house, string tag) => house.Docker.Images.Any(i => i.Tags.Contains(tag));
}
