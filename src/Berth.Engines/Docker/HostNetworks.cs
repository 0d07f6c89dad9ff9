using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Berth.Engines.Docker;

/// <summary>
/// The IPv4 networks that this machine is in already. An engine looks only at its own when it is asked for a subnet: a bridge of another
/// engine, or a VPN, on the same addresses would get the packets instead.
/// </summary>
public static class HostNetworks
{
    public static IReadOnlyList<IPNetwork> Read() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Where(a => a.Address.AddressFamily == AddressFamily.InterNetwork && a.PrefixLength > 0)
            .Select(a => new IPNetwork(NetworkOf(a.Address, a.PrefixLength), a.PrefixLength)),
    ];

    /// <summary>True also where one lies inside the other.</summary>
    internal static bool Overlap(IPNetwork a, IPNetwork b) => a.Contains(b.BaseAddress) || b.Contains(a.BaseAddress);

    private static IPAddress NetworkOf(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (int bit = prefixLength; bit < 32; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }
}
