namespace Berth.Definitions.Toml;

/// <summary>
/// Reads TOML 1.0, in time linear in the file's size. After an error it goes on with the next line where that is
/// sound, so that one reading tells of several mistakes.
/// </summary>
public sealed class TomlReader
{
    private readonly TomlCursor cursor;
    private readonly TomlKeyReader keys;
    private readonly TomlValueReader values;
    private readonly TomlDefinitions definitions;

    /// <summary>Where <c>key = value</c> lines go: the table of the last header.</summary>
    private TomlTable current;

    private TomlReader(FileDiagnostics diagnostics, DefinitionLimits limits, TomlTable root)
    {
        cursor = new TomlCursor(diagnostics);
        var strings = new TomlStringReader(cursor);
        keys = new TomlKeyReader(cursor, strings, limits.MaxNesting);
        definitions = new TomlDefinitions(diagnostics, root);
        values = new TomlValueReader(cursor, strings, keys, definitions, limits);
        current = root;
    }

    public static TomlDocument Read(string name, ReadOnlySpan<byte> bytes, DefinitionLimits limits)
    {
        var root = new TomlTable(0, TomlTableOrigin.Header);
        var (source, problem) = SourceText.Decode(name, bytes, limits);
        if (source is null)
            return new TomlDocument(null, root, [problem!]);
        var diagnostics = new FileDiagnostics(source, limits);
        new TomlReader(diagnostics, limits, root).ReadLines();
        return new TomlDocument(source, root, diagnostics.ToList());
    }

    private void ReadLines()
    {
        while (!cursor.AtEnd && !cursor.Lost && !cursor.IsHopeless)
        {
            if (!ReadExpression() || !ReadLineEnd())
                cursor.SkipLine();
        }
    }

    private bool ReadExpression()
    {
        cursor.SkipBlanks();
        if (cursor.AtEnd || cursor.AtNewline || cursor.Current == '#')
            return true;
        return cursor.Current == '[' ? ReadHeader() : values.ReadAssignment(current, depth: 0);
    }

    private bool ReadHeader()
    {
        // The lines under a header that is wrong belong to no table that is known; they are read for their own mistakes only.
        current = new TomlTable(cursor.Offset, TomlTableOrigin.Header);
        bool item = cursor.IsAt("[[");
        cursor.Advance(item ? 2 : 1);
        if (keys.Read() is not { } name)
            return false;
        if (!cursor.IsAt(item ? "]]" : "]"))
            return cursor.Fail(DefinitionMessages.TomlHeaderEnd(item));
        cursor.Advance(item ? 2 : 1);
        current = (item ? definitions.OpenArrayItem(name) : definitions.OpenTable(name)) ?? current;
        return values.HasRoom();
    }

    private bool ReadLineEnd()
    {
        cursor.SkipBlanks();
        if (!cursor.SkipComment())
            return false;
        if (cursor.AtEnd || cursor.TrySkipNewline())
            return true;
        return cursor.Fail(DefinitionMessages.TomlLineEndExpected(cursor));
    }
}
