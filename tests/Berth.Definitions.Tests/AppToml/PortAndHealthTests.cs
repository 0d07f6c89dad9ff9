using Berth.Model;
using static Berth.Definitions.Tests.DefinitionFixture;

namespace Berth.Definitions.Tests.AppToml;

/// <summary>Which of a service's ports is the one it is told of, and how long it may take to listen there.</summary>
public sealed class PortAndHealthTests
{
    [Theory]
    [InlineData("[services.web]\nport = 8000\nport_name = \"http\"\nport_type = \"http\"", 8000)]
    [InlineData("[services.irc]\nport = 6667\nport_type = \"tcp\"", 6667)]
    [InlineData("[[services.web.ports]]\nport = 8000\nname = \"http\"", 8000)]
    [InlineData("[[services.web.ports]]\nport = 9000\nname = \"admin\"\ntype = \"tcp\"\n[[services.web.ports]]\nport = 8000\nname = \"http\"\nnode_port = 0", 8000)]
    [InlineData("[[services.irc.ports]]\nport = 6667\nname = \"irc\"\ntype = \"tcp\"\n[[services.irc.ports]]\nport = 6697\nname = \"tls\"\ntype = \"tcp\"", 6667)]
    [InlineData("[[services.dns.ports]]\nport = 53\nname = \"u\"\ntype = \"udp\"\n[[services.dns.ports]]\nport = 53\nname = \"t\"\ntype = \"tcp\"", 53)]
    [InlineData("[[services.dns.ports]]\nport = 53\nname = \"u\"\ntype = \"udp\"", null)]
    public void The_port_for_HTTP_else_the_first_for_TCP_is_the_port_of_the_service(string appToml, int? port) => Assert.Equal(port, Service(appToml).Port);

    [Theory]
    [InlineData("port = 80")]
    [InlineData("port_name = \"http\"")]
    [InlineData("port_type = \"http\"")]
    public void One_port_and_several_are_not_given_together(string line) =>
        Assert.Equal([("port-and-ports", 2)], Problems($"[services.web]\n{line}\n[[services.web.ports]]\nport = 8080\nname = \"http\""));

    [Fact]
    public void Port_timeout_is_how_long_the_port_may_take_to_be_open()
    {
        Assert.Equal(
            new HealthCheck { Kind = HealthCheckKind.Port, StartupTimeout = TimeSpan.FromMinutes(2) },
            Service("[services.web]\nport_timeout = \"2m\"").Health);
        Assert.Equal(
            new HealthCheck { Kind = HealthCheckKind.Http, Path = "/up", StartupTimeout = TimeSpan.FromMinutes(2) },
            Service("[services.web]\nport_timeout = \"2m\"\nhealth = { type = \"http\", path = \"/up\" }").Health);
        Assert.Equal([("timeout-twice", 2)], Problems("[services.web]\nport_timeout = \"2m\"\nhealth = { type = \"port\", startup_timeout = \"1m\" }"));
        Assert.Equal([("port-timeout-without-port", 2)], Problems("[services.worker]\nport_timeout = \"2m\""));
        Assert.NotNull(Service("[services.db]\nport = 5432\nport_timeout = \"2m\"").Health);
    }
}
