namespace Berth.Definitions.Toml;

/// <summary>TOML's rules on what may be defined where, and only once. Breaking one is complained about; the file can still be read on.</summary>
internal sealed class TomlDefinitions(FileDiagnostics diagnostics, TomlTable root)
{
    /// <summary>Keys, tables and items of arrays that the file wrote, also twice.</summary>
    public int Count { get; private set; }

    public void Add(TomlArray array, TomlValue item)
    {
        Count++;
        array.Add(item);
    }

    /// <summary>The table of a <c>[header]</c>; null after an error.</summary>
    public TomlTable? OpenTable(List<TomlKeyPart> header)
    {
        Count += header.Count;
        if (Descend(header) is not { } parent)
            return null;
        var name = header[^1];
        var existing = parent.Find(name.Name);
        if (existing is null)
            return AddTable(parent, name, TomlTableOrigin.Header);
        if (existing.Value is not TomlTable { Origin: TomlTableOrigin.Implicit } table)
            return Fail(name, DefinitionMessages.TomlTableTwice(Path(header), LineOf(existing), existing.Value));
        table.Origin = TomlTableOrigin.Header;
        return table;
    }

    /// <summary>The new last table of a <c>[[header]]</c>; null after an error.</summary>
    public TomlTable? OpenArrayItem(List<TomlKeyPart> header)
    {
        Count += header.Count;
        if (Descend(header) is not { } parent)
            return null;
        var name = header[^1];
        var existing = parent.Find(name.Name);
        if (existing is not null && existing.Value is not TomlArray { OfTables: true })
            return Fail(name, DefinitionMessages.TomlNotAnArrayOfTables(Path(header), LineOf(existing), existing.Value));
        var array = (TomlArray?)existing?.Value;
        if (array is null)
        {
            array = new TomlArray(name.Offset, ofTables: true);
            parent.Add(new TomlEntry(name.Name, name.Offset, array));
        }
        var table = new TomlTable(name.Offset, TomlTableOrigin.Header);
        array.Add(table);
        return table;
    }

    /// <summary>Puts a value under a key, making the tables that a dotted key names.</summary>
    public void Assign(TomlTable table, List<TomlKeyPart> key, TomlValue value)
    {
        Count += key.Count;
        foreach (var part in key.SkipLast(1))
        {
            var existing = table.Find(part.Name);
            if (existing is null)
            {
                table = AddTable(table, part, TomlTableOrigin.DottedKey);
            }
            else if (existing.Value is TomlTable { Origin: TomlTableOrigin.DottedKey } inner)
            {
                table = inner;
            }
            else
            {
                Fail(part, DefinitionMessages.TomlCannotExtend(Path(key), part.Name, LineOf(existing), existing.Value));
                return;
            }
        }
        var last = key[^1];
        if (table.Find(last.Name) is { } taken)
            Fail(last, DefinitionMessages.TomlKeyTwice(Path(key), LineOf(taken)));
        else
            table.Add(new TomlEntry(last.Name, last.Offset, value));
    }

    /// <summary>The table in which a header's last name stands.</summary>
    private TomlTable? Descend(List<TomlKeyPart> header)
    {
        var table = root;
        foreach (var part in header.SkipLast(1))
        {
            var existing = table.Find(part.Name);
            TomlTable? next = existing?.Value switch
            {
                null => AddTable(table, part, TomlTableOrigin.Implicit),
                TomlTable { Origin: not TomlTableOrigin.Inline } inner => inner,
                TomlArray { OfTables: true } array => (TomlTable)array.Items[^1],
                _ => Fail(part, DefinitionMessages.TomlCannotExtend(Path(header), part.Name, LineOf(existing!), existing!.Value)),
            };
            if (next is null)
                return null;
            table = next;
        }
        return table;
    }

    private static TomlTable AddTable(TomlTable parent, TomlKeyPart name, TomlTableOrigin origin)
    {
        var table = new TomlTable(name.Offset, origin);
        parent.Add(new TomlEntry(name.Name, name.Offset, table));
        return table;
    }

    private TomlTable? Fail(TomlKeyPart at, Problem problem)
    {
        diagnostics.Error(at.Offset, problem);
        return null;
    }

    private int LineOf(TomlEntry entry) => diagnostics.Source.LineOf(entry.KeyOffset);

    private static string Path(List<TomlKeyPart> key) => SourceText.Shown(string.Join('.', key.Select(part => part.Name)));
}
