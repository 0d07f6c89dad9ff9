using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Engines.Docker;

/// <summary>
/// Names of the apps' bridges: a prefix, by which firewall rules tell those of one Berth, and the subnet, which no two networks of a machine share. Together
/// they fill the 15 characters that an interface's name may have.
/// </summary>
public static class BridgeNames
{
    private const int OwnerDigits = 5;

    public static string PrefixOf(string owner) => "bt" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)))[..OwnerDigits];

    /// <param name="subnet">As in <c>10.64.3.0/24</c>.</param>
    internal static string Of(string owner, string subnet) => PrefixOf(owner) + Convert.ToHexStringLower(IPAddress.Parse(subnet.Split('/')[0]).GetAddressBytes());
}
