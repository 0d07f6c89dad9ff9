using Berth.Contracts;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>Variables as the API shows them.</summary>
internal static class EnvViews
{
    /// <param name="config">Those of them that a person set.</param>
    /// <param name="sensitive">Keys that listings for people leave out.</param>
    public static IEnumerable<EnvInfo> Of(IReadOnlyList<EnvVar> variables, IReadOnlyList<EnvVar> config, IReadOnlyList<string> sensitive) =>
        variables.Select(v => new EnvInfo(v.Key, v.Value, config.Contains(v) ? "manual" : "config") { Sensitive = sensitive.Contains(v.Key) });
}
