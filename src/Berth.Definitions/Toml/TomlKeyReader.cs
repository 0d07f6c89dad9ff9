namespace Berth.Definitions.Toml;

/// <summary>One name of a dotted key.</summary>
internal readonly record struct TomlKeyPart(string Name, int Offset);

/// <summary>Reads keys: bare, quoted, dotted.</summary>
internal sealed class TomlKeyReader(TomlCursor cursor, TomlStringReader strings, int maxParts)
{
    /// <summary>At least one part; null after an error. Leaves the cursor behind the key and the blanks that follow it.</summary>
    public List<TomlKeyPart>? Read()
    {
        List<TomlKeyPart> parts = [];
        do
        {
            cursor.SkipBlanks();
            int start = cursor.Offset;
            if (ReadPart() is not { } name)
                return null;
            parts.Add(new TomlKeyPart(name, start));
            if (parts.Count > maxParts)
            {
                cursor.FailAt(start, DefinitionMessages.TomlTooDeep(maxParts));
                return null;
            }
            cursor.SkipBlanks();
        }
        while (cursor.TrySkip('.'));
        return parts;
    }

    private string? ReadPart()
    {
        if (cursor.Current is '"' or '\'')
        {
            if (!cursor.IsAt("\"\"\"") && !cursor.IsAt("'''"))
                return strings.ReadSingleLine();
            cursor.Fail(DefinitionMessages.TomlMultiLineKey());
            return null;
        }
        int start = cursor.Offset;
        while (char.IsAsciiLetterOrDigit(cursor.Current) || cursor.Current is '-' or '_')
            cursor.Advance();
        if (cursor.Offset > start)
            return cursor.Slice(start);
        cursor.Fail(DefinitionMessages.TomlKeyExpected(cursor));
        return null;
    }
}
