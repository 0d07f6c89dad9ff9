using System.Net;
using Berth.Control.Host;

namespace Berth.Control.Tests.Host;

public sealed class IsolationRulesTests
{
    [Fact]
    public void Only_answers_the_routers_ports_and_the_machines_name_servers_are_let_through()
    {
        var rules = new IsolationRules(new()
        {
            BridgePrefix = "bt01234",
            Open = [new(IPAddress.Any, 80), new(IPAddress.Parse("192.0.2.7"), 443), new(IPAddress.Loopback, 8080)],
            NameServers = () => [IPAddress.Parse("127.0.0.53"), IPAddress.Parse("192.0.2.1"), IPAddress.Parse("169.254.169.254"), IPAddress.IPv6Loopback],
        });

        Assert.Equal("""
            *filter
            :BERTH-bt01234-HOST - [0:0]
            :BERTH-bt01234-OUT - [0:0]
            -A BERTH-bt01234-HOST -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
            -A BERTH-bt01234-HOST -d 192.0.2.1 -p udp --dport 53 -j RETURN
            -A BERTH-bt01234-HOST -d 192.0.2.1 -p tcp --dport 53 -j RETURN
            -A BERTH-bt01234-HOST -d 169.254.169.254 -p udp --dport 53 -j RETURN
            -A BERTH-bt01234-HOST -d 169.254.169.254 -p tcp --dport 53 -j RETURN
            -A BERTH-bt01234-HOST -p tcp --dport 80 -j RETURN
            -A BERTH-bt01234-HOST -d 192.0.2.7 -p tcp --dport 443 -j RETURN
            -A BERTH-bt01234-HOST -p tcp -j REJECT --reject-with tcp-reset
            -A BERTH-bt01234-HOST -j REJECT
            -A BERTH-bt01234-OUT -d 169.254.169.254 -p udp --dport 53 -j RETURN
            -A BERTH-bt01234-OUT -d 169.254.169.254 -p tcp --dport 53 -j RETURN
            -A BERTH-bt01234-OUT -d 169.254.0.0/16 -p tcp -j REJECT --reject-with tcp-reset
            -A BERTH-bt01234-OUT -d 169.254.0.0/16 -j REJECT
            -A BERTH-bt01234-OUT -d 100.100.100.200/32 -p tcp -j REJECT --reject-with tcp-reset
            -A BERTH-bt01234-OUT -d 100.100.100.200/32 -j REJECT
            COMMIT

            """, rules.ForIPv4());
    }

    [Fact]
    public void Nothing_is_let_through_by_IPv6() =>
        Assert.Equal("*filter\n:BERTH-bt01234-HOST - [0:0]\n:BERTH-bt01234-OUT - [0:0]\n-A BERTH-bt01234-HOST -j DROP\n-A BERTH-bt01234-OUT -j DROP\nCOMMIT\n",
            new IsolationRules(new() { BridgePrefix = "bt01234" }).ForIPv6());
}
