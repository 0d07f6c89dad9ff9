using System.Globalization;
using System.Net;
using Berth.Model;

namespace Berth.Control.Reconciling;

/// <summary>What listens inside a sandbox, seen from outside of it: the kernel shows the sockets of a process's network to this machine. Nothing needs to be in the image.</summary>
internal static class ListeningSockets
{
    /// <summary>The state LISTEN in the kernel's tables.</summary>
    private const string Listen = "0A";

    /// <summary>Docker's own DNS, which is in each sandbox.</summary>
    private static readonly IPAddress DockerDns = IPAddress.Parse("127.0.0.11");

    /// <summary>Null: it cannot be seen, for the engine is on another machine, or its processes are hidden from this one.</summary>
    public static IReadOnlyList<IPEndPoint>? Of(SandboxStatus sandbox)
    {
        if (SandboxProcess.OnThisMachine(sandbox) is not { } pid)
            return null;
        try
        {
            return [.. Parse(File.ReadAllText($"/proc/{pid}/net/tcp")), .. File.Exists($"/proc/{pid}/net/tcp6") ? Parse(File.ReadAllText($"/proc/{pid}/net/tcp6")) : []];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The listening sockets of a table such as <c>/proc/net/tcp</c>, without Docker's own.</summary>
    public static IEnumerable<IPEndPoint> Parse(string table) => table.Split('\n').Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length > 3 && fields[3] == Listen)
        .Select(fields => EndPoint(fields[1]))
        .Where(listening => !listening.Address.Equals(DockerDns));

    /// <summary><c>0100007F:1F90</c> is 127.0.0.1:8080: each four bytes of the address are a number in the machine's order.</summary>
    private static IPEndPoint EndPoint(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var address = new IPAddress([.. text[..colon].Chunk(8).SelectMany(word => BitConverter.GetBytes(uint.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture)))]);
        return new(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, int.Parse(text.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
