using System.Globalization;
using Berth.Definitions.Toml;
using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>
/// A table of app.toml, read by a schema: asked for a key, it gives the value or null, where null means absent or wrong;
/// what is wrong has then been complained about.
/// </summary>
internal sealed class TomlSection
{
    private readonly TomlTable table;
    private readonly string path;
    private readonly FileDiagnostics diagnostics;

    private TomlSection(TomlTable table, string path, FileDiagnostics diagnostics)
    {
        this.table = table;
        this.path = path;
        this.diagnostics = diagnostics;
    }

    /// <summary>For messages: <c>services.web</c>; empty for the file itself.</summary>
    public string Path => path;

    /// <summary>Complains about unknown and refused keys at once.</summary>
    public static TomlSection Open(TomlTable table, string path, SectionSchema schema, FileDiagnostics diagnostics)
    {
        var section = new TomlSection(table, path, diagnostics);
        foreach (var entry in table.Entries.Where(entry => !schema.Known.Contains(entry.Key)))
        {
            if (diagnostics.IsFull)
                break;
            diagnostics.Error(entry.KeyOffset, schema.Refused.TryGetValue(entry.Key, out var refusal)
                ? DefinitionMessages.RefusedKey(section.Qualified(entry.Key), refusal)
                : DefinitionMessages.UnknownKey(entry.Key, path, NearestName.Of(entry.Key, schema.Known), schema.Known));
        }
        return section;
    }

    /// <summary>No further complaint about the file would be heard.</summary>
    public bool IsFull => diagnostics.IsFull;

    /// <summary>Of the file, where the table begins.</summary>
    public int Line => diagnostics.Source.LineOf(table.Offset);

    public bool Has(string key) => table.Find(key) is not null;

    /// <summary>Complains about a key where it stands; where the table begins if it has no such key.</summary>
    public void Error(string key, Problem problem) => diagnostics.Error(OffsetOf(key), problem);

    public void Warning(string key, Problem problem) => diagnostics.Warning(OffsetOf(key), problem);

    public string Qualified(string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>Any text without NUL, also an empty one.</summary>
    public string? Text(string key)
    {
        if (Find<TomlString>(key, "a string") is not { } text)
            return null;
        return Checked(key, text.Value, !text.Value.Contains('\0', StringComparison.Ordinal), DefinitionMessages.NulInValue);
    }

    /// <summary>A text with something in it.</summary>
    public string? Word(string key) =>
        Text(key) is { } text ? Checked(key, text, !string.IsNullOrWhiteSpace(text), DefinitionMessages.BlankValue) : null;

    public string? Choice(string key, params string[] choices) =>
        Text(key) is { } text
            ? Checked(key, text, choices.Contains(text), name => DefinitionMessages.BadChoice(name, text, choices))
            : null;

    public IReadOnlyList<string>? Texts(string key)
    {
        if (Find<TomlArray>(key, "an array of strings") is not { } array)
            return null;
        foreach (var item in array.Items.Where(item => item is not TomlString text || text.Value.Contains('\0', StringComparison.Ordinal)))
        {
            diagnostics.Error(item.Offset, item is TomlString
                ? DefinitionMessages.NulInValue(Qualified(key))
                : DefinitionMessages.WrongType(Qualified(key), "an array of strings", $"{item.KindName} in it"));
            return null;
        }
        return [.. array.Items.Cast<TomlString>().Select(text => text.Value)];
    }

    public bool? Flag(string key) => Find<TomlBoolean>(key, "true or false")?.Value;

    public int? Count(string key, int least, int most) =>
        Find<TomlInteger>(key, "an integer") is { } number && InRange(key, number.Value, least, most, n => n.ToString(CultureInfo.InvariantCulture))
            ? (int)number.Value
            : null;

    public double? Number(string key, double least, double most)
    {
        double? number = table.Find(key)?.Value is TomlInteger integer ? integer.Value : Find<TomlFloat>(key, "a number")?.Value;
        return number is { } value && InRange(key, value, least, most, n => n.ToString(CultureInfo.InvariantCulture)) ? value : null;
    }

    public TimeSpan? Duration(string key, TimeSpan least, TimeSpan most)
    {
        if (Find<TomlString>(key, "a duration in quotes") is not { } text)
            return null;
        if (GoDuration.TryParse(text.Value, out var duration))
            return InRange(key, duration, least, most, GoDuration.Format) ? duration : null;
        Error(key, DefinitionMessages.BadDuration(Qualified(key), text.Value));
        return null;
    }

    public long? Size(string key, long least, long most)
    {
        if (Find<TomlString>(key, "a size in quotes") is not { } text)
            return null;
        if (ByteSize.TryParse(text.Value, out var bytes))
            return InRange(key, bytes, least, most, ByteSize.Format) ? bytes : null;
        Error(key, DefinitionMessages.BadSize(Qualified(key), text.Value));
        return null;
    }

    public TomlSection? Section(string key, SectionSchema schema) =>
        Find<TomlTable>(key, "a table") is { } inner ? Open(inner, Qualified(key), schema, diagnostics) : null;

    /// <summary>The tables of <c>[[key]]</c>, or of an array of inline tables.</summary>
    public IReadOnlyList<TomlSection> Sections(string key, SectionSchema schema)
    {
        List<TomlSection> sections = [];
        foreach (var item in Find<TomlArray>(key, "an array of tables")?.Items ?? [])
        {
            if (diagnostics.IsFull)
                break;
            if (item is TomlTable inner)
                sections.Add(Open(inner, $"{Qualified(key)}[{sections.Count}]", schema, diagnostics));
            else
                diagnostics.Error(item.Offset, DefinitionMessages.WrongType(Qualified(key), "an array of tables", $"{item.KindName} in it"));
        }
        return sections;
    }

    /// <summary>The tables under a key, by names that the user chose.</summary>
    public IEnumerable<(string Name, TomlSection Section, int Offset)> NamedSections(string key, SectionSchema schema)
    {
        foreach (var entry in Find<TomlTable>(key, "a table")?.Entries ?? [])
        {
            var name = SourceText.Shown(entry.Key);
            if (entry.Value is TomlTable inner)
                yield return (entry.Key, Open(inner, $"{Qualified(key)}.{name}", schema, diagnostics), entry.KeyOffset);
            else
                diagnostics.Error(entry.Value.Offset, DefinitionMessages.WrongType($"{Qualified(key)}.{name}", "a table", entry.Value.KindName));
        }
    }

    private int OffsetOf(string key) => table.Find(key)?.KeyOffset ?? table.Offset;

    private T? Find<T>(string key, string expected)
        where T : TomlValue
    {
        if (table.Find(key) is not { } entry)
            return null;
        if (entry.Value is T value)
            return value;
        diagnostics.Error(entry.Value.Offset, DefinitionMessages.WrongType(Qualified(key), expected, entry.Value.KindName));
        return null;
    }

    private string? Checked(string key, string text, bool good, Func<string, Problem> problem)
    {
        if (!good)
            Error(key, problem(Qualified(key)));
        return good ? text : null;
    }

    private bool InRange<T>(string key, T value, T least, T most, Func<T, string> format)
        where T : IComparable<T>
    {
        bool inside = value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0;
        if (!inside)
            Error(key, DefinitionMessages.OutOfRange(Qualified(key), format(value), format(least), format(most)));
        return inside;
    }
}
