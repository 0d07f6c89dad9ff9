namespace Berth.Definitions.Toml;

/// <summary>How a table came to be, which decides what may still be added to it.</summary>
internal enum TomlTableOrigin
{
    /// <summary>Only named on the way to another: <c>a</c> in <c>[a.b]</c>. It may get a header of its own, once.</summary>
    Implicit,

    /// <summary>By a header of its own.</summary>
    Header,

    /// <summary>By a dotted key: <c>a</c> in <c>a.b = 1</c>. Other dotted keys may add to it, a header may not.</summary>
    DottedKey,

    /// <summary><c>{ … }</c>: complete as it stands.</summary>
    Inline,
}

/// <summary>A key of a table, where it was first written, and its value.</summary>
public sealed record TomlEntry(string Key, int KeyOffset, TomlValue Value);

/// <summary>Keys and values in the order of the file. Keys are unique.</summary>
public sealed class TomlTable : TomlValue
{
    private readonly List<TomlEntry> entries = [];
    private readonly Dictionary<string, TomlEntry> byKey = new(StringComparer.Ordinal);

    internal TomlTable(int offset, TomlTableOrigin origin)
        : base(offset) => Origin = origin;

    public IReadOnlyList<TomlEntry> Entries => entries;

    public override string KindName => "a table";

    internal TomlTableOrigin Origin { get; set; }

    public TomlEntry? Find(string key) => byKey.GetValueOrDefault(key);

    internal void Add(TomlEntry entry)
    {
        byKey.Add(entry.Key, entry);
        entries.Add(entry);
    }
}
