using System.Globalization;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// Which version of the API to speak: the oldest that Berth is written for, or the engine's own minimum where that is
/// newer (Docker 29 refuses what is older than 1.44). Newer versions are not asked for: what they change is not used.
/// </summary>
internal static class ApiVersion
{
    private static readonly (int, int) Oldest = (1, 41);

    /// <returns>The path prefix, <c>/v1.41</c>.</returns>
    /// <exception cref="EngineException">The engine is too old.</exception>
    public static string Negotiate(VersionDetails engine)
    {
        var newest = Parse(engine.ApiVersion);
        if (newest.CompareTo(Oldest) < 0)
            throw new EngineException(EngineError.Refused, EngineMessages.TooOld(engine.Version, engine.ApiVersion));
        var minimum = Parse(engine.MinApiVersion);
        var (major, minor) = minimum.CompareTo(Oldest) > 0 ? minimum : Oldest;
        return string.Create(CultureInfo.InvariantCulture, $"/v{major}.{minor}");
    }

    /// <summary>0.0 where it is none.</summary>
    private static (int Major, int Minor) Parse(string? text) =>
        text?.Split('.') is [var major, var minor, ..]
        && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
        && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var second)
            ? (first, second)
            : (0, 0);
}
