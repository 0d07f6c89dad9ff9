using Berth.Control.Deployments;
using Berth.Model;
using Berth.Testing.Docker;

namespace Berth.Control.Tests.Deployments;

/// <summary>What an image that is deployed directly says of its services.</summary>
public sealed class ImageTests
{
    private const string Packed = "example/packed:1";

    [Fact]
    public async Task The_Procfile_inside_an_image_says_what_runs_in_it()
    {
        await using var house = await StartAsync("web: serve\nworker: sleep 1000");

        var result = await DeployAsync(house);

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(["web", "worker"], house.Active("demo").Services.Select(s => s.Definition.Name));
        Assert.Equal("/.aptible/Procfile:2", house.Active("demo").Services[1].Definition.Source);
    }

    [Fact]
    public async Task A_Procfile_that_is_sent_along_replaces_the_one_inside()
    {
        await using var house = await StartAsync("web: serve\nworker: sleep 1000");

        await DeployAsync(house, new() { ["Procfile"] = "web: serve" });

        Assert.Equal(["web"], house.Active("demo").Services.Select(s => s.Definition.Name));
    }

    [Fact]
    public async Task Mistakes_in_the_Procfile_inside_are_told_with_its_path()
    {
        await using var house = await StartAsync("no entry");

        var result = await DeployAsync(house);

        Assert.Equal("this line is no entry", result.Error);
        Assert.Null(house.Stores.Apps.Find("demo")!.ActiveRelease);
    }

    [Fact]
    public async Task The_images_stop_signal_and_exposed_port_become_the_services()
    {
        await using var house = await StartAsync("web: cd / && serve");

        await DeployAsync(house);

        var web = Assert.Single(house.Running("demo", "web"));
        Assert.Equal("SIGUSR1", (string)web.Request["StopSignal"]!);
        Assert.Equal("trap 'exit 143' TERM USR1; cd / && serve", (string)web.Request["Cmd"]![2]!);
        Assert.Contains("PORT=8000", web.Env);
    }

    [Fact]
    public async Task A_required_variable_without_a_value_fails_the_deployment_until_it_is_set()
    {
        await using var house = await StartAsync("web: serve");
        Dictionary<string, string> files = new() { [".berth/app.toml"] = "[[env]]\nkey = \"API_KEY\"\nrequired = true\n[services.web]\ncommand = \"serve\"" };

        var refused = await DeployAsync(house, files);
        await house.SetEnvAsync("demo", "API_KEY", "secret");
        var deployed = await house.EndOfAsync(await house.BeginDeployAsync("demo", files, image: Packed));

        Assert.Equal(DeploymentOutcome.Failed, refused.Outcome);
        Assert.Contains("\"API_KEY\" is required", refused.Error, StringComparison.Ordinal);
        Assert.Equal(DeploymentOutcome.Succeeded, deployed.Outcome);
        Assert.Contains("API_KEY=secret", Assert.Single(house.Running("demo", "web")).Env);
    }

    private static Task<ControlUnderTest> StartAsync(string procfile) => ControlUnderTest.StartAsync(arrange: house => house.Docker.AddImage(Packed, new FakeImage
    {
        Cmd = ["serve"],
        StopSignal = "SIGUSR1",
        Ports = ["8000/tcp"],
        Files = new Dictionary<string, string> { ["/.aptible/Procfile"] = procfile },
    }));

    /// <param name="files">Sent along; null: nothing is.</param>
    private static async Task<DeploymentResult> DeployAsync(ControlUnderTest house, Dictionary<string, string>? files = null)
    {
        Assert.Null(house.Control.Apps.Create("demo").Error);
        var archive = files is null ? null : await house.ArchiveAsync(files);
        return await house.EndOfAsync(ControlUnderTest.Id(house.Control.Deployments.DeployImage(house.Stores.Apps.Find("demo")!, Packed, archive, force: false)));
    }
}
