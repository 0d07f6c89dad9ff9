using System.Text.RegularExpressions;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>What the engine says of itself in <c>GET /info</c>, as sentences. It tells in no other way on which addresses it listens.</summary>
internal static partial class EngineWarnings
{
    public static IEnumerable<UnguardedAddress> Unguarded(IReadOnlyList<string> warnings) =>
        from warning in warnings
        let said = Accessible().Match(warning)
        where said.Success
        select new UnguardedAddress(said.Groups["address"].Value, said.Groups["scheme"].Value == "https");

    [GeneratedRegex("API is accessible on (?<scheme>https?)://(?<address>\\S+) without (encryption|TLS client verification)", RegexOptions.CultureInvariant)]
    private static partial Regex Accessible();
}
