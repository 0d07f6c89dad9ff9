using System.Globalization;
using System.Text.Json.Nodes;
using Berth.Definitions.Toml;

namespace Berth.Definitions.Tests.Toml;

/// <summary>The form in which the TOML test suite writes expected values: <c>{"type": "integer", "value": "42"}</c>.</summary>
internal static class TaggedJson
{
    /// <summary>Null if they are equal, else where they first differ.</summary>
    public static string? Difference(JsonNode expected, TomlValue actual, string path = "$") => (expected, actual) switch
    {
        (JsonArray array, TomlArray items) => DifferenceOfArrays(array, items, path),
        (JsonObject tagged, not TomlTable) when IsTagged(tagged) => DifferenceOfScalars(tagged, actual, path),
        (JsonObject table, TomlTable actualTable) => DifferenceOfTables(table, actualTable, path),
        _ => $"{path}: expected {expected.ToJsonString()}, found {actual.KindName}",
    };

    private static bool IsTagged(JsonObject node) => node.Count == 2 && node["type"] is JsonValue && node["value"] is JsonValue;

    private static string? DifferenceOfArrays(JsonArray expected, TomlArray actual, string path)
    {
        if (expected.Count != actual.Items.Count)
            return $"{path}: expected {expected.Count} items, found {actual.Items.Count}";
        return expected.Select((item, i) => Difference(item!, actual.Items[i], $"{path}[{i}]")).FirstOrDefault(d => d is not null);
    }

    private static string? DifferenceOfTables(JsonObject expected, TomlTable actual, string path)
    {
        if (expected.Count != actual.Entries.Count)
            return $"{path}: expected {expected.Count} keys, found {actual.Entries.Count}";
        foreach (var (key, value) in expected)
        {
            var difference = actual.Find(key) is { } entry ? Difference(value!, entry.Value, $"{path}.{key}") : $"{path}: no key {key}";
            if (difference is not null)
                return difference;
        }
        return null;
    }

    private static string? DifferenceOfScalars(JsonObject expected, TomlValue actual, string path)
    {
        var type = expected["type"]!.GetValue<string>();
        var value = expected["value"]!.GetValue<string>();
        bool equal = (type, actual) switch
        {
            ("string", TomlString text) => text.Value.ReplaceLineEndings("\n") == value.ReplaceLineEndings("\n"),
            ("integer", TomlInteger integer) => integer.Value == long.Parse(value, CultureInfo.InvariantCulture),
            ("bool", TomlBoolean boolean) => boolean.Value == (value == "true"),
            ("float", TomlFloat number) => number.Value.Equals(Float(value)),
            ("datetime", TomlDateTime { Kind: TomlDateTimeKind.OffsetDateTime } time) => SameTime(time.Text, value),
            ("datetime-local", TomlDateTime { Kind: TomlDateTimeKind.LocalDateTime } time) => SameTime(time.Text, value),
            ("date-local", TomlDateTime { Kind: TomlDateTimeKind.LocalDate } time) => SameTime(time.Text, value),
            ("time-local", TomlDateTime { Kind: TomlDateTimeKind.LocalTime } time) => SameTime(time.Text, value),
            _ => false,
        };
        return equal ? null : $"{path}: expected {type} {value}, found {actual.KindName}";
    }

    private static double Float(string value) => value.TrimStart('+', '-') switch
    {
        "nan" => double.NaN,
        "inf" => value[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
        _ => double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static bool SameTime(string left, string right) => Normal(left) == Normal(right);

    /// <summary>Zeros at a fraction's end and a zone of +00:00 mean nothing.</summary>
    private static string Normal(string time)
    {
        var text = time.ToUpperInvariant().Replace(' ', 'T').Replace("+00:00", "Z", StringComparison.Ordinal);
        int point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0)
            return text;
        int end = point + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        return text[..point] + text[point..end].TrimEnd('0').TrimEnd('.') + text[end..];
    }
}
