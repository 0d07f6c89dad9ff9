using System.Globalization;
using System.Text.Json.Nodes;

namespace Berth.Testing.Docker;

/// <summary>Bits of JSON as Docker Engine writes it.</summary>
internal static class Wire
{
    public static JsonArray Array(IEnumerable<string> items) => new([.. items.Select(i => (JsonNode?)i)]);

    public static JsonObject Map(IEnumerable<KeyValuePair<string, string>> pairs) =>
        new(pairs.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)));

    /// <summary>Go's RFC 3339 with nanoseconds; its zero time for null.</summary>
    public static string Time(DateTimeOffset? time) =>
        time is { } t ? t.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture) + "00Z" : "0001-01-01T00:00:00Z";

    /// <summary>Unix seconds with a fraction, as <c>since</c> has them.</summary>
    public static DateTimeOffset ParseUnix(string text) =>
        DateTimeOffset.UnixEpoch.AddTicks((long)(decimal.Parse(text, CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond));

    /// <summary>Whether something with these labels passes the <c>filters</c> parameter of a listing.</summary>
    public static bool Passes(string? filters, IReadOnlyDictionary<string, string> labels)
    {
        foreach (var wanted in Filter(filters, "label"))
        {
            var pair = wanted.Split('=', 2);
            if (!labels.TryGetValue(pair[0], out var value) || (pair.Length == 2 && value != pair[1]))
                return false;
        }
        return true;
    }

    public static IReadOnlyList<string> Filter(string? filters, string key) =>
        string.IsNullOrEmpty(filters) ? [] : [.. JsonNode.Parse(filters)![key]?.AsArray().Select(n => (string)n!) ?? []];
}
