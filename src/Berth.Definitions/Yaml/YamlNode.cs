namespace Berth.Definitions.Yaml;

/// <summary>A value out of a YAML file, and the offset in its text where it begins. Aliases and merge keys are resolved: the same node may stand in several places.</summary>
internal abstract class YamlNode(int offset)
{
    public int Offset => offset;

    /// <summary>It or something in it has an anchor or is an alias: it may be there only to be used elsewhere.</summary>
    public bool IsAnchored { get; init; }

    /// <summary>In words: <c>a list</c>.</summary>
    public abstract string KindName { get; }
}

internal sealed class YamlSequence(int offset, IReadOnlyList<YamlNode> items) : YamlNode(offset)
{
    public IReadOnlyList<YamlNode> Items => items;

    public override string KindName => "a list";
}

internal readonly record struct YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>Keys are texts, each once, in the order of the file; those from merge keys come last.</summary>
internal sealed class YamlMapping(int offset, IReadOnlyList<YamlEntry> entries) : YamlNode(offset)
{
    public IReadOnlyList<YamlEntry> Entries => entries;

    public override string KindName => "a mapping";
}

/// <summary>What cannot be known, and has been complained about: readers take it as absent and complain no further.</summary>
internal sealed class YamlUnknown(int offset) : YamlNode(offset)
{
    public override string KindName => "unknown";
}
