namespace Berth.Definitions.Toml;

/// <summary>Where a value that was read ends in its file.</summary>
internal static class TomlExtent
{
    /// <summary>Offset behind the value's last character. The value must be written in one place: no table or array made by headers.</summary>
    public static int EndOf(TomlValue value, SourceText source, DefinitionLimits limits)
    {
        // It was read before without an error, so nothing is complained about here.
        var diagnostics = new FileDiagnostics(source, limits);
        var cursor = new TomlCursor(diagnostics);
        var strings = new TomlStringReader(cursor);
        var keys = new TomlKeyReader(cursor, strings, limits.MaxNesting);
        var definitions = new TomlDefinitions(diagnostics, new TomlTable(0, TomlTableOrigin.Header));
        cursor.Advance(value.Offset);
        new TomlValueReader(cursor, strings, keys, definitions, limits).Read();
        return cursor.Offset;
    }
}
