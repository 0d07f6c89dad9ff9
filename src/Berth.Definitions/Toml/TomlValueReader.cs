namespace Berth.Definitions.Toml;

/// <summary>Reads values, and the arrays and inline tables they nest in. Null after an error.</summary>
internal sealed class TomlValueReader(TomlCursor cursor, TomlStringReader strings, TomlKeyReader keys, TomlDefinitions definitions, DefinitionLimits limits)
{
    private readonly TomlScalarReader scalars = new(cursor);

    public TomlValue? Read(int depth = 0)
    {
        int start = cursor.Offset;
        if (depth > limits.MaxNesting)
        {
            cursor.GetLost();
            return Fail(start, DefinitionMessages.TomlTooDeep(limits.MaxNesting));
        }
        return cursor.Current switch
        {
            '"' or '\'' => strings.Read() is { } text ? new TomlString(start, text) : null,
            '[' => ReadArray(depth),
            '{' => ReadInlineTable(depth),
            _ => scalars.Read(),
        };
    }

    /// <summary><c>key = value</c>, put into <paramref name="table"/>. A key that is taken is complained about but no reason to stop.</summary>
    public bool ReadAssignment(TomlTable table, int depth)
    {
        if (keys.Read() is not { } key)
            return false;
        if (!cursor.TrySkip('='))
            return cursor.Fail(DefinitionMessages.TomlEqualsExpected(key, cursor));
        cursor.SkipBlanks();
        if (Read(depth) is not { } value)
            return false;
        definitions.Assign(table, key, value);
        return HasRoom();
    }

    /// <summary>False, and lost, once the file has more in it than any definition needs.</summary>
    public bool HasRoom()
    {
        if (definitions.Count <= limits.MaxTomlValues)
            return true;
        cursor.GetLost();
        return cursor.Fail(DefinitionMessages.TomlTooManyValues(limits.MaxTomlValues));
    }

    private TomlArray? ReadArray(int depth)
    {
        int start = cursor.Offset;
        var array = new TomlArray(start, ofTables: false);
        cursor.Advance();
        while (true)
        {
            if (!SkipBlankLines())
                return LostArray();
            if (cursor.TrySkip(']'))
                return array;
            if (cursor.AtEnd)
                return LostArray(start, DefinitionMessages.TomlUnclosedArray());
            if (Read(depth + 1) is not { } item)
                return LostArray();
            definitions.Add(array, item);
            if (!HasRoom() || !SkipBlankLines())
                return LostArray();
            if (!cursor.TrySkip(',') && cursor.Current != ']')
                return cursor.AtEnd ? LostArray(start, DefinitionMessages.TomlUnclosedArray()) : LostArray(cursor.Offset, DefinitionMessages.TomlArrayComma(cursor));
        }
    }

    /// <summary>An array may span lines, so an error in one leaves no sure place to go on.</summary>
    private TomlArray? LostArray(int offset, Problem problem)
    {
        cursor.FailAt(offset, problem);
        return LostArray();
    }

    private TomlArray? LostArray()
    {
        cursor.GetLost();
        return null;
    }

    private bool SkipBlankLines()
    {
        do
        {
            cursor.SkipBlanks();
            if (!cursor.SkipComment())
                return false;
        }
        while (cursor.TrySkipNewline());
        return true;
    }

    private TomlTable? ReadInlineTable(int depth)
    {
        var table = new TomlTable(cursor.Offset, TomlTableOrigin.Inline);
        cursor.Advance();
        cursor.SkipBlanks();
        if (cursor.TrySkip('}'))
            return table;
        while (true)
        {
            cursor.SkipBlanks();
            if (InlineTableProblem() is { } problem)
                return FailTable(problem);
            if (!ReadAssignment(table, depth + 1))
                return null;
            cursor.SkipBlanks();
            if (cursor.TrySkip('}'))
                return table;
            if (!cursor.TrySkip(','))
                return FailTable(InlineTableProblem() ?? DefinitionMessages.TomlInlineTableComma(cursor));
        }
    }

    /// <summary>TOML 1.0 wants an inline table on one line, without a comma at its end.</summary>
    private Problem? InlineTableProblem()
    {
        if (cursor.AtEnd || cursor.AtNewline || cursor.Current == '#')
            return DefinitionMessages.TomlInlineTableNewline();
        return cursor.Current == '}' ? DefinitionMessages.TomlInlineTableTrailingComma() : null;
    }

    private TomlTable? FailTable(Problem problem)
    {
        cursor.Fail(problem);
        return null;
    }

    private TomlValue? Fail(int offset, Problem problem)
    {
        cursor.FailAt(offset, problem);
        return null;
    }
}
