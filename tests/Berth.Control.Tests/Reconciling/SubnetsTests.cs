using System.Net;
using Berth.Control.Reconciling;

namespace Berth.Control.Tests.Reconciling;

public sealed class SubnetsTests
{
    [Fact]
    public void Each_number_has_a_network_of_its_own_among_the_private_ones()
    {
        var all = Enumerable.Range(0, Subnets.Count).Select(number => Subnets.NetworkOf("demo", number).Subnet).ToList();

        Assert.Equal(Subnets.Count, all.Distinct().Count());
        var whole = IPNetwork.Parse("10.64.0.0/10");
        Assert.All(all, subnet => Assert.True(IPNetwork.Parse(subnet) is { PrefixLength: 24 } network && whole.Contains(network.BaseAddress)));
        Assert.Equal(("10.64.0.0/24", "10.65.0.0/24", "10.127.255.0/24"), (all[0], all[256], all[^1]));
    }
}
