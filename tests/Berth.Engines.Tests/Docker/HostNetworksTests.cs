using System.Net;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Testing.Docker;

namespace Berth.Engines.Tests.Docker;

public sealed class HostNetworksTests
{
    [Theory]
    [InlineData("10.64.0.0/24", "10.64.0.0/24", true)]
    [InlineData("10.0.0.0/8", "10.64.3.0/24", true)]
    [InlineData("10.64.3.16/28", "10.64.3.0/24", true)]
    [InlineData("10.64.4.0/24", "10.64.3.0/24", false)]
    public void Networks_overlap_also_where_one_lies_inside_the_other(string a, string b, bool overlap) =>
        Assert.Equal(overlap, HostNetworks.Overlap(IPNetwork.Parse(a), IPNetwork.Parse(b)));

    [Fact]
    public void The_machines_own_networks_have_no_host_bits() => Assert.Contains(IPNetwork.Parse("127.0.0.0/8"), HostNetworks.Read());

    [Fact]
    public async Task A_subnet_that_the_machine_is_in_is_not_given_to_an_app()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var docker = await FakeDocker.StartAsync();
        using var engine = new DockerEngine(new() { Socket = docker.Socket, Owner = "me", TakenNetworks = () => [IPNetwork.Parse("10.64.0.0/16")] }, TimeProvider.System);

        var refused = await Assert.ThrowsAsync<EngineException>(() => engine.EnsureNetworkAsync(new AppNetwork("shop", "10.64.1.0/24"), ct));
        await engine.EnsureNetworkAsync(new AppNetwork("shop", "10.65.1.0/24"), ct);

        Assert.Equal(EngineError.SubnetTaken, refused.Error);
        Assert.Equal(["shop"], await engine.ListNetworksAsync(ct));
    }
}
