using System.Text.Json;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Tests;

public sealed class StoreJsonTests
{
    [Fact]
    public void A_release_stored_before_a_member_was_known_has_the_default_of_it()
    {
        var definition = new ServiceDefinition { Name = "web", Scaling = Scaling.Automatic(), Source = "Procfile:1" };
        var release = new Release
        {
            Id = "demo-v1",
            App = "demo",
            Number = 1,
            CreatedAt = DateTimeOffset.UnixEpoch,
            FileEnv = [],
            Config = [],
            Services = [new() { Definition = definition, ImageId = "sha256:1", ImageName = "demo", ImageHasEntrypoint = false, PoolId = "pool-1" }],
            Description = "deploy",
        };
        var body = JsonSerializer.SerializeToNode(release, StoreJson.Default.Release)!;
        Assert.True(body["Services"]![0]!["Definition"]!["Scaling"]!.AsObject().Remove("StandbyDelay"));
        Assert.True(body["Services"]![0]!["Definition"]!.AsObject().Remove("Sidecars"));
        Assert.True(body["Services"]![0]!.AsObject().Remove("SidecarImages"));

        var read = StoreJson.ReadRelease(body.ToJsonString());

        Assert.Equal(definition.Scaling, read.Services[0].Definition.Scaling);
        Assert.Empty(read.Services[0].Definition.Sidecars);
        Assert.Empty(read.Services[0].SidecarImages);
    }
}
