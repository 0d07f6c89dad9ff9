using System.Net;
using System.Net.NetworkInformation;

namespace Berth.Control.Host;

/// <summary>What sandboxes may reach of this machine, and how they are known.</summary>
public sealed record IsolationOptions
{
    /// <summary>What the names of the apps' bridges begin with, and those of nothing else. At most 7 characters.</summary>
    public required string BridgePrefix { get; init; }

    /// <summary>What is open to sandboxes as it is to everybody: where the router listens. Addresses of this machine to itself alone are left out.</summary>
    public IReadOnlyList<IPEndPoint> Open { get; init; } = [];

    /// <summary>The name servers that this machine uses: the engine asks them on behalf of a sandbox, from within it. Default: those of the system.</summary>
    public Func<IReadOnlyList<IPAddress>> NameServers { get; init; } = SystemNameServers;

    /// <summary>How long iptables may take, also for a turn among others; longer is a failure. Default 30 s.</summary>
    public TimeSpan ProgramLimit { get; init; } = TimeSpan.FromSeconds(30);

    private static IReadOnlyList<IPAddress> SystemNameServers() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().DnsAddresses).Distinct()];
}
