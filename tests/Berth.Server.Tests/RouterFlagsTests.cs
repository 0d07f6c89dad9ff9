using Berth.Router;
using Berth.Server.Hosting;

namespace Berth.Server.Tests;

/// <summary>What <c>berthd</c> is told for its router.</summary>
public sealed class RouterFlagsTests
{
    [Fact]
    public void What_is_given_reaches_the_router_as_it_takes_it()
    {
        var settings = Parsed("--trust 10.0.0.0/8 --trust 192.0.2.7/32 --waiting-page 1m2.5s --queue-limit 7 --queue-timeout 90s --response-timeout 1h --max-connections 30 --access-log combined --access-log-bytes 2M");

        Assert.True(RouterArguments.TryParse(["--http", "127.0.0.1:1", "--control", "c", "--state", "s", .. settings], out var options, out var problem), problem);
        Assert.Equal(["10.0.0.0/8", "192.0.2.7/32"], options.TrustedProxies.Select(network => network.ToString()));
        Assert.Equal((TimeSpan.FromSeconds(62.5), 7, TimeSpan.FromSeconds(90), TimeSpan.FromHours(1)), (options.WaitingPage!.Value, options.QueueLimit, options.QueueTimeout, options.ResponseTimeout));
        Assert.Equal((30, AccessLogFormat.Combined, 2L << 20), (options.MaxConnections, options.AccessLog, options.AccessLogBytes));
        Assert.Equal(settings, options.Settings);
    }

    [Fact]
    public void What_is_not_given_is_the_routers_default() => Assert.Empty(Parsed(""));

    [Theory]
    [InlineData("--trust 10.0.0.0", "--trust 10.0.0.0: write a network, for example 10.0.0.0/8")]
    [InlineData("--waiting-page soon", "--waiting-page soon: write a duration up to 24h, for example 3s")]
    [InlineData("--waiting-page 3", "--waiting-page 3: write a duration")]
    [InlineData("--waiting-page 1us", "--waiting-page 1us: write a duration")]
    [InlineData("--queue-timeout 25h", "--queue-timeout 25h: write a duration up to 24h")]
    [InlineData("--queue-limit 0", "--queue-limit 0: write a whole number above 0")]
    [InlineData("--max-connections many", "--max-connections many: write a whole number above 0")]
    [InlineData("--access-log xml", "--access-log xml: write json, combined or off")]
    [InlineData("--access-log-bytes 3T", "--access-log-bytes 3T: write a size")]
    public void What_cannot_be_is_said_with_what_to_write(string line, string expected) =>
        Assert.Contains(ServerCommand.Build().Parse(line).Errors, error => error.Message.StartsWith(expected, StringComparison.Ordinal));

    private static IReadOnlyList<string> Parsed(string line)
    {
        var parsed = ServerCommand.Build().Parse(line);
        Assert.Empty(parsed.Errors);
        return RouterFlags.Of(parsed);
    }
}
