using System.Text.Json;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>The <c>filters</c> parameter of listings and events, narrowed to what this Berth owns wherever that is possible.</summary>
internal static class DockerFilter
{
    public static string Owned(string owner, string? app, params IEnumerable<(string Key, string[] Values)> more)
    {
        var labels = app is null ? new[] { $"{Labels.Owner}={owner}" } : [$"{Labels.Owner}={owner}", $"{Labels.App}={app}"];
        var filters = new Dictionary<string, string[]> { ["label"] = labels };
        foreach (var (key, values) in more)
            filters[key] = key == "label" ? [.. labels, .. values] : values;
        return Query(filters);
    }

    /// <summary>Whoever made it.</summary>
    public static string Of(params (string Key, string[] Values)[] filters) => Query(filters.ToDictionary(filter => filter.Key, filter => filter.Values));

    private static string Query(Dictionary<string, string[]> filters) =>
        Uri.EscapeDataString(JsonSerializer.Serialize(filters, DockerJson.Default.IReadOnlyDictionaryStringStringArray));
}
