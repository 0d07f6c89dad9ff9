using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Berth.Control.Host;

/// <summary>
/// The firewall rules that keep sandboxes from this machine. Pure. Two chains for each Berth, named after its bridges: what goes to the machine itself,
/// and what goes through it. What a chain does not refuse goes back to where it came from, so the machine's own rules hold, too.
/// </summary>
internal sealed class IsolationRules
{
    /// <summary>
    /// Where clouds tell a machine who it is and what it may do: whatever is in the link-local network, as with AWS, Google, Azure and others, and Alibaba's.
    /// </summary>
    private static readonly IPNetwork[] Metadata = [IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("100.100.100.200/32")];

    private const int Dns = 53;

    private readonly IsolationOptions _options;

    public IsolationRules(IsolationOptions options) =>
        (_options, ToHost, Through) = (options, $"BERTH-{options.BridgePrefix}-HOST", $"BERTH-{options.BridgePrefix}-OUT");

    /// <summary>The chain for what goes to this machine.</summary>
    public string ToHost { get; }

    /// <summary>The chain for what goes through it.</summary>
    public string Through { get; }

    /// <summary>What a rule's <c>-i</c> takes for all of the apps' bridges.</summary>
    public string Bridges => _options.BridgePrefix + "+";

    /// <summary>For <c>iptables-restore --noflush</c>, which puts both chains in place of what they were, at once.</summary>
    public string ForIPv4()
    {
        var servers = _options.NameServers().Where(s => s.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(s)).ToList();
        return Text(
        [
            // The answers to what came from here: the router's requests, readiness checks, forwarded connections.
            $"-A {ToHost} -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN",
            .. servers.SelectMany(server => Ask(ToHost, server)),
            .. _options.Open.Where(o => o.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(o.Address)).Select(OpenTo),
            .. Refuse($"-A {ToHost}"),
            .. servers.Where(server => Metadata.Any(m => m.Contains(server))).SelectMany(server => Ask(Through, server)),
            .. Metadata.SelectMany(network => Refuse($"-A {Through} -d {network}")),
        ]);
    }

    /// <summary>Sandboxes have no IPv6 address. If one came by one all the same, it would lead nowhere.</summary>
    public string ForIPv6() => Text([$"-A {ToHost} -j DROP", $"-A {Through} -j DROP"]);

    private string Text(IEnumerable<string> rules) => $"*filter\n:{ToHost} - [0:0]\n:{Through} - [0:0]\n{string.Join('\n', rules)}\nCOMMIT\n";

    private static IEnumerable<string> Ask(string chain, IPAddress server) => from protocol in (string[])["udp", "tcp"] select $"-A {chain} -d {server} -p {protocol} --dport {Dns} -j RETURN";

    /// <summary>At once, so that no program waits for an answer. TCP by its own means: the kernel sends only so many of the others a second.</summary>
    private static string[] Refuse(string rule) => [$"{rule} -p tcp -j REJECT --reject-with tcp-reset", $"{rule} -j REJECT"];

    private string OpenTo(IPEndPoint open)
    {
        var only = open.Address.Equals(IPAddress.Any) ? "" : $"-d {open.Address} ";
        return string.Create(CultureInfo.InvariantCulture, $"-A {ToHost} {only}-p tcp --dport {open.Port} -j RETURN");
    }
}
