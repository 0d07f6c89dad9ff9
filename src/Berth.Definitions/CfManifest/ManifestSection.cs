using System.Globalization;
using System.Text.RegularExpressions;
using Berth.Definitions.AppToml;
using Berth.Definitions.Yaml;

namespace Berth.Definitions.CfManifest;

/// <summary>A mapping of a manifest: its keys' values, read with a type. What is nothing counts as absent; a wrong value is complained about and then absent too.</summary>
internal sealed partial class ManifestSection
{
    private const int MiB = 1 << 20;

    private readonly Dictionary<string, YamlEntry> entries = new(StringComparer.Ordinal);
    private readonly FileDiagnostics diagnostics;

    private ManifestSection(YamlMapping mapping, string where, FileDiagnostics diagnostics)
    {
        (Offset, Where, this.diagnostics) = (mapping.Offset, where, diagnostics);
    }

    public int Offset { get; }

    /// <summary>What the section is about, as messages begin.</summary>
    public string Where { get; }

    /// <summary>An application or a process: the spellings of a key are one.</summary>
    public static ManifestSection Open(YamlMapping mapping, string where, IReadOnlyList<string> known, IReadOnlyDictionary<string, Refusal> refused, FileDiagnostics diagnostics)
    {
        var section = new ManifestSection(mapping, where, diagnostics);
        foreach (var entry in mapping.Entries)
        {
            var key = ManifestKeys.Hyphened(entry.Key.Text);
            if (refused.TryGetValue(key, out var refusal))
                diagnostics.Error(entry.Key.Offset, ManifestMessages.NotCarriedOut(where, entry.Key.Text, refusal));
            else if (!known.Contains(key))
                diagnostics.Error(entry.Key.Offset, ManifestMessages.UnknownKey(where, entry.Key.Text, known));
            else if (!section.entries.TryAdd(key, entry))
                diagnostics.Error(entry.Key.Offset, ManifestMessages.SpelledTwice(where, entry.Key.Text, section.entries[key].Key.Text, diagnostics.Source.LineOf(section.entries[key].Key.Offset)));
        }
        return section;
    }

    /// <summary>A mapping inside an application, where the spelling of keys matters.</summary>
    public static ManifestSection OpenExact(YamlMapping mapping, string where, IReadOnlyList<string> known, FileDiagnostics diagnostics)
    {
        var section = new ManifestSection(mapping, where, diagnostics);
        foreach (var entry in mapping.Entries)
        {
            if (known.Contains(entry.Key.Text))
                section.entries.Add(entry.Key.Text, entry);
            else
                diagnostics.Error(entry.Key.Offset, ManifestMessages.UnknownKey(where, entry.Key.Text, known));
        }
        return section;
    }

    public bool Has(string key) => Find(key) is not null;

    /// <summary>It is there, be it without a value.</summary>
    public bool Names(string key) => entries.ContainsKey(key);

    /// <summary>Its value hangs on a variable that has none, which has been complained about.</summary>
    public bool IsUnknown(string key) => entries.TryGetValue(key, out var entry) && entry.Value is YamlUnknown;

    public YamlNode? Find(string key) => entries.TryGetValue(key, out var entry) && entry.Value is not (YamlScalar { IsNull: true } or YamlUnknown) ? entry.Value : null;

    public void Error(string key, Problem problem) => diagnostics.Error(Place(key), problem);

    public void Warning(string key, Problem problem) => diagnostics.Warning(Place(key), problem);

    /// <summary>As it is spelled in the file.</summary>
    public string Spelled(string key) => entries.TryGetValue(key, out var entry) ? entry.Key.Text : key;

    public string? Text(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlScalar { IsText: true } scalar when scalar.Text.Contains('\0', StringComparison.Ordinal):
                Error(key, ManifestMessages.NulInValue(Where, Spelled(key)));
                return null;
            case YamlScalar { IsText: true } scalar:
                return scalar.Text;
            case var other:
                Error(key, ManifestMessages.WrongType(Where, Spelled(key), "a text", other.KindName));
                return null;
        }
    }

    /// <summary>A text of 1 to <paramref name="most"/> characters.</summary>
    public string? Text(string key, int most)
    {
        var text = Text(key);
        if (text is null || (text.Length > 0 && text.Length <= most))
            return text;
        Error(key, ManifestMessages.Length(Where, Spelled(key), most));
        return null;
    }

    public bool Flag(string key)
    {
        if (Find(key) is not { } value)
            return false;
        if (value is YamlScalar { Truth: { } truth })
            return truth;
        Error(key, ManifestMessages.WrongType(Where, Spelled(key), "true or false", value.KindName));
        return false;
    }

    public int? Count(string key, int least, int most)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case YamlScalar { Integer: { } number } when number >= least && number <= most:
                return (int)number;
            case YamlScalar { Integer: { } number }:
                Error(key, ManifestMessages.OutOfRange(Where, Spelled(key), number, least, most));
                return null;
            case var other:
                Error(key, ManifestMessages.WrongType(Where, Spelled(key), "a whole number", other.KindName));
                return null;
        }
    }

    public string? Choice(string key, params string[] choices)
    {
        var text = Text(key);
        if (text is null || choices.Contains(text))
            return text;
        Error(key, ManifestMessages.BadChoice(Where, Spelled(key), text, choices));
        return null;
    }

    /// <summary>Bytes, rounded down to whole MiB, as Cloud Foundry does.</summary>
    public long? Size(string key, long least, long most, Func<long, string> shown)
    {
        if (Find(key) is null || Bytes(key) is not { } bytes)
            return null;
        bytes = bytes / MiB * MiB;
        if (bytes >= least && bytes <= most)
            return bytes;
        Error(key, ManifestMessages.SizeRange(Where, Spelled(key), ((YamlScalar)Find(key)!).Text, shown(least), shown(most)));
        return null;
    }

    /// <summary>A number with a unit, be it negative.</summary>
    public long? Bytes(string key)
    {
        if (Find(key) is not YamlScalar scalar)
        {
            Error(key, ManifestMessages.WrongType(Where, Spelled(key), "a text", Find(key)!.KindName));
            return null;
        }
        if (SizeText().Match(scalar.Text) is { Success: true } match && decimal.TryParse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            var power = "BKMGT".IndexOf(char.ToUpperInvariant(match.Groups[2].Value[0]), StringComparison.Ordinal);
            var unit = 1L << (10 * power);
            if (Math.Abs(number) < long.MaxValue / unit)
                return (long)decimal.Floor(number * unit);
        }
        Error(key, scalar.Text.TrimStart('-') is [>= '0' and <= '9', ..]
            ? ManifestMessages.SizeUnit(Where, Spelled(key), scalar.Text)
            : ManifestMessages.SizeIsNoNumber(Where, Spelled(key), scalar.Text));
        return null;
    }

    public YamlMapping? Mapping(string key)
    {
        var found = Find(key);
        if (found is not null and not YamlMapping)
            Error(key, ManifestMessages.WrongType(Where, Spelled(key), "a mapping", found.KindName));
        return found as YamlMapping;
    }

    /// <param name="key">Its values.</param>
    /// <param name="expected">What it must be, in words, where it is no list.</param>
    public IReadOnlyList<YamlNode> List(string key, string expected)
    {
        var found = Find(key);
        if (found is not null and not YamlSequence)
            Error(key, ManifestMessages.WrongType(Where, Spelled(key), expected, found.KindName));
        return found is YamlSequence sequence ? [.. sequence.Items.Where(item => item is not YamlUnknown)] : [];
    }

    private int Place(string key) => entries.TryGetValue(key, out var entry) ? (entry.Value is YamlScalar { IsNull: true } ? entry.Key.Offset : entry.Value.Offset) : Offset;

    [GeneratedRegex(@"^(-?[0-9]{1,18}(?:\.[0-9]{1,9})?)([KMGT]i?B?|B)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SizeText();
}
