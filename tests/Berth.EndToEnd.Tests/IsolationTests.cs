using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Engines.Docker;

namespace Berth.EndToEnd.Tests;

/// <summary>What a sandbox reaches of the machine that it runs on: a port scan from inside, on a server that is as open as it can be.</summary>
public sealed class IsolationTests
{
    private const string Metadata = "169.254.169.254";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_scan_from_inside_finds_the_router_and_nothing_else()
    {
        await using var berth = await BerthServer.StartNewAsync(Ct, IPAddress.Any);
        await using var image = await TinyImage.MakeWebAsync(Ct);
        foreach (var app in new[] { "inside", "other" })
            (await berth.CliAsync("deploy", "--image", image.Reference, "-a", app)).Succeeded();
        using var service = new TcpListener(IPAddress.Any, 0);
        service.Start();
        var (own, foreign) = (AddressOf(Assert.Single(await berth.RunningAsync("inside", "cmd"))), AddressOf(Assert.Single(await berth.RunningAsync("other", "cmd"))));
        string[] addresses = [own, foreign, GatewayOf(own), GatewayOf(foreign), .. await AddressesHereAsync(), Metadata, "100.100.100.200", "fd00:ec2::254"];
        int[] ports = [22, 53, 80, 111, 443, 2375, 2376, 3000, 5432, berth.Site.Port, berth.Api.Port, ((IPEndPoint)service.LocalEndpoint).Port];

        var open = await ScanAsync(berth, [.. addresses.Distinct()], ports);

        string[] allowed = [$"{own}:3000", .. addresses.Where(a => IPAddress.Parse(a).AddressFamily == AddressFamily.InterNetwork && a is not (Metadata or "100.100.100.200") && a != own && a != foreign).Select(a => $"{a}:{berth.Site.Port}")];
        Assert.Equal(allowed.Distinct().Order(StringComparer.Ordinal), open.Order(StringComparer.Ordinal));
        Assert.Equal("none\n", (await berth.CliAsync("exec", "-a", "inside", "-c", "ls /run/docker.sock /var/run/docker.sock 2>/dev/null || echo none")).Stdout);
        Assert.Contains(own, (await berth.CliAsync("exec", "-a", "inside", "--", "nslookup", "cmd")).Succeeded().Stdout, StringComparison.Ordinal);

        var found = (await berth.CliAsync("doctor", "--format", "json")).Json.AsArray().ToLookup(f => (string)f!["subject"]!, f => (string)f!["level"]!);
        Assert.Equal("warning", Assert.Single(found[$"listener 0.0.0.0:{berth.Api.Port}"]));
        foreach (var subject in new[] { "isolation", "engine", "clock", "names in sandboxes", $"listener 0.0.0.0:{berth.Site.Port}" })
            Assert.Equal("ok", Assert.Single(found[subject]));

        var chain = await ChainAsync(berth, "inside");
        if ((await RunAsync("ip", "route", "get", Metadata)).ExitCode == 0)
            Assert.True(PacketsTo("169.254.0.0/16", await RulesAsync(chain)) > 0, $"no packet for {Metadata} came to the rule that refuses it");
        await RulesAreRemovedAsync(berth, chain);
    }

    /// <summary>What answers in <c>inside</c>. Sixteen addresses at a time: a sandbox has a bound of processes, and this machine has an address for each app that was tested before.</summary>
    private static async Task<string[]> ScanAsync(BerthServer berth, string[] addresses, int[] ports)
    {
        var parts = addresses.Chunk(16).Select(some => $"for a in {string.Join(' ', some)}; do for p in {string.Join(' ', ports)}; do (nc -w 2 $a $p -e true >/dev/null 2>&1 && echo $a:$p) & done; done; wait");
        return (await berth.CliAsync("exec", "-a", "inside", "-c", string.Join("; ", parts))).Succeeded().Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task RulesAreRemovedAsync(BerthServer berth, string chain)
    {
        (await berth.CliAsync("app", "delete", "inside", "--yes")).Succeeded();
        (await berth.CliAsync("app", "delete", "other", "--yes")).Succeeded();
        await berth.DownAsync();
        Assert.DoesNotContain(chain[..^4], (await RunAsync("iptables", "-w", "-S")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain(chain[..^4], (await RunAsync("ip6tables", "-w", "-S")).Output, StringComparison.Ordinal);
        await berth.StartAsync(Ct);
    }

    private static async Task<string> ChainAsync(BerthServer berth, string app)
    {
        var owner = (await berth.Engine.ContainersAsync($"berth.app={app}", Ct))[0].Labels["berth.owner"];
        return $"BERTH-{BridgeNames.PrefixOf(owner)}-OUT";
    }

    private static async Task<string> RulesAsync(string chain) => (await RunAsync("iptables", "-w", "-nvxL", chain)).Output;

    private static long PacketsTo(string network, string rules) =>
        long.Parse(rules.Split('\n').First(r => r.Contains(network, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>All of this machine's own, but for the one that leads nowhere else.</summary>
    private static async Task<IEnumerable<string>> AddressesHereAsync() =>
        (await RunAsync("ip", "-4", "-o", "addr", "show", "scope", "global")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3].Split('/')[0]);

    private static string GatewayOf(string address) => address[..address.LastIndexOf('.')] + ".1";

    private static string AddressOf(System.Text.Json.Nodes.JsonNode sandbox) => ((string)sandbox["address"]!).Split('/')[0];

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, output);
    }
}
