namespace Berth.Definitions.Toml;

/// <summary>A TOML value and where it begins in its file (see <see cref="SourceText.LineOf"/>).</summary>
public abstract class TomlValue(int offset)
{
    public int Offset { get; } = offset;

    /// <summary>For messages: <c>a string</c>, <c>an array</c> …</summary>
    public abstract string KindName { get; }
}

public sealed class TomlString(int offset, string value) : TomlValue(offset)
{
    public string Value { get; } = value;

    public override string KindName => "a string";
}

public sealed class TomlInteger(int offset, long value) : TomlValue(offset)
{
    public long Value { get; } = value;

    public override string KindName => "an integer";
}

public sealed class TomlFloat(int offset, double value) : TomlValue(offset)
{
    public double Value { get; } = value;

    public override string KindName => "a float";
}

public sealed class TomlBoolean(int offset, bool value) : TomlValue(offset)
{
    public bool Value { get; } = value;

    public override string KindName => "a boolean";
}

/// <summary>TOML's four kinds of dates and times.</summary>
public enum TomlDateTimeKind
{
    OffsetDateTime,
    LocalDateTime,
    LocalDate,
    LocalTime,
}

/// <summary>
/// A valid date or time, as RFC 3339 writes it (<c>T</c> between date and time, <c>Z</c> in upper case). It stays text because
/// .NET's types know neither leap seconds nor the year 0, and no definition has a date in it.
/// </summary>
public sealed class TomlDateTime(int offset, TomlDateTimeKind kind, string text) : TomlValue(offset)
{
    public TomlDateTimeKind Kind { get; } = kind;

    public string Text { get; } = text;

    public override string KindName => Kind switch
    {
        TomlDateTimeKind.LocalDate => "a date",
        TomlDateTimeKind.LocalTime => "a time",
        _ => "a date-time",
    };
}

public sealed class TomlArray(int offset, bool ofTables) : TomlValue(offset)
{
    private readonly List<TomlValue> items = [];

    public IReadOnlyList<TomlValue> Items => items;

    /// <summary>Written as <c>[[name]]</c>: only such an array grows after it was made.</summary>
    public bool OfTables { get; } = ofTables;

    public override string KindName => OfTables ? "an array of tables" : "an array";

    internal void Add(TomlValue item) => items.Add(item);
}
