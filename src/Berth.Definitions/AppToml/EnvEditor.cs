using System.Text;
using Berth.Definitions.Toml;
using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>What came of an edit.</summary>
/// <param name="File">The whole file with the change; null exactly if there is an error among the diagnostics.</param>
/// <param name="NotThere">Variables that were to be removed and are not in the file.</param>
public sealed record EnvEdit(byte[]? File, IReadOnlyList<string> NotThere, IReadOnlyList<Diagnostic> Diagnostics);

/// <summary>
/// Changes the variables of an app.toml (its <c>[[env]]</c> tables at the top level) and nothing else: comments, order, quotes and line ends of
/// all other lines stay byte for byte as they are. A comment above a table that is removed stays, too.
/// </summary>
public sealed class EnvEditor
{
    private readonly SourceText source;
    private readonly string text;
    private readonly string newline;
    private readonly DefinitionLimits limits;

    /// <summary>The <c>[[env]]</c> tables in the order of the file.</summary>
    private readonly List<TomlTable> tables;

    /// <summary>Pieces of the text and what comes in their place.</summary>
    private readonly List<(int Start, int End, string Text)> changes = [];

    /// <summary>Whether a table has been put at the end of the file.</summary>
    private bool hasAdded;

    private EnvEditor(SourceText source, TomlArray? env, DefinitionLimits limits)
    {
        this.source = source;
        this.limits = limits;
        text = source.Text;
        tables = [.. env?.Items.Cast<TomlTable>() ?? []];
        int firstEnd = text.IndexOf('\n', StringComparison.Ordinal);
        newline = firstEnd > 0 && text[firstEnd - 1] == '\r' ? "\r\n" : "\n";
    }

    /// <param name="name">How the file is called in messages.</param>
    /// <param name="unset">Names of variables to remove; none of them is also in <paramref name="set"/>.</param>
    public static EnvEdit Apply(string name, ReadOnlySpan<byte> bytes, IReadOnlyList<EnvVar> set, IReadOnlyList<string> unset, DefinitionLimits limits)
    {
        var document = TomlReader.Read(name, bytes, limits);
        if (document.Source is null || !document.IsValid)
            return new EnvEdit(null, [], document.Diagnostics);
        var env = document.Root.Find("env");
        if (env is not null && !IsEditable(env.Value))
            return new EnvEdit(null, [], [DefinitionMessages.EnvNotEditable().At(document.Source, env.KeyOffset)]);
        var editor = new EnvEditor(document.Source, (TomlArray?)env?.Value, limits);
        var notThere = unset.Where(key => !editor.tables.Exists(table => KeyOf(table) == key)).ToList();
        editor.Remove(unset);
        // What is added behind the last table must come behind what is added to it.
        foreach (var variable in set.Where(variable => !editor.TrySet(variable)).ToList())
            editor.Add(variable);
        var edited = editor.Changed();
        var hasMark = bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]);
        return new EnvEdit([.. hasMark ? bytes[..3] : [], .. Encoding.UTF8.GetBytes(edited)], notThere, []);
    }

    /// <summary>Each variable in a <c>[[env]]</c> of its own, and nothing in it but keys and values: then its lines stand together.</summary>
    private static bool IsEditable(TomlValue env) =>
        env is TomlArray { OfTables: true } array
        && array.Items.Cast<TomlTable>().SelectMany(table => table.Entries).All(entry => entry.Value is not (TomlTable { Origin: not TomlTableOrigin.Inline } or TomlArray { OfTables: true }));

    /// <summary>False where there is no such variable.</summary>
    private bool TrySet(EnvVar variable)
    {
        // Of several with the same key the last one counts.
        if (tables.FindLast(table => KeyOf(table) == variable.Key) is not { } table)
            return false;
        if (table.Find("value") is { } value)
        {
            int end = TomlExtent.EndOf(value.Value, source, limits);
            changes.Add((value.Value.Offset, end, TomlText.QuotedLike(text[value.Value.Offset..end], variable.Value)));
            return true;
        }
        var key = table.Find("key")!;
        int lineEnd = EndOfLine(TomlExtent.EndOf(key.Value, source, limits));
        var indent = text[StartOfLine(key.KeyOffset)..key.KeyOffset];
        changes.Add((lineEnd, lineEnd, $"{newline}{indent}value = {TomlText.Quoted(variable.Value)}"));
        return true;
    }

    /// <summary>Behind the last table there is, else at the end of the file.</summary>
    private void Add(EnvVar variable)
    {
        var table = $"[[env]]{newline}key = {TomlText.Quoted(variable.Key)}{newline}value = {TomlText.Quoted(variable.Value)}";
        if (tables.Count > 0)
        {
            int end = EndOf(tables[^1]);
            changes.Add((end, end, newline + newline + table));
            return;
        }
        var gap = text.Length == 0 && !hasAdded ? "" : text.EndsWith('\n') || hasAdded ? newline : newline + newline;
        changes.Add((text.Length, text.Length, gap + table + newline));
        hasAdded = true;
    }

    private void Remove(IReadOnlyList<string> keys)
    {
        int keptTo = text.Length;
        foreach (var table in Enumerable.Reverse(tables).Where(table => keys.Contains(KeyOf(table))).ToList())
        {
            int start = StartOfLine(table.Offset);
            int end = NextLine(EndOf(table));
            // With the table goes one blank line, or two would stand where it was: the one behind it, at the end of the file the one before.
            if (IsBlankLine(end))
                end = NextLine(end);
            if (end >= keptTo && start > 0 && IsBlankLine(StartOfLine(start - 1)))
                start = StartOfLine(start - 1);
            if (end >= keptTo)
                keptTo = start;
            changes.Add((start, end, ""));
            tables.Remove(table);
        }
    }

    private string Changed()
    {
        var edited = new StringBuilder();
        int at = 0;
        // The sort is stable: what is added in one place stays in the order in which it was asked for.
        foreach (var (start, end, replacement) in changes.OrderBy(change => change.Start))
        {
            // Two tables that are removed may both take the blank line between them.
            if (start > at)
                edited.Append(text, at, start - at);
            edited.Append(replacement);
            at = Math.Max(at, end);
        }
        return edited.Append(text, at, text.Length - at).ToString();
    }

    private static string? KeyOf(TomlTable table) => (table.Find("key")?.Value as TomlString)?.Value;

    /// <summary>The end of the last line of a table, before its line end.</summary>
    private int EndOf(TomlTable table) =>
        EndOfLine(table.Entries.Count == 0 ? table.Offset : table.Entries.Max(entry => TomlExtent.EndOf(entry.Value, source, limits)));

    private int StartOfLine(int offset) => offset == 0 ? 0 : text.LastIndexOf('\n', offset - 1) + 1;

    private int EndOfLine(int offset)
    {
        int end = text.IndexOf('\n', offset);
        if (end < 0)
            return text.Length;
        return end > offset && text[end - 1] == '\r' ? end - 1 : end;
    }

    private int NextLine(int offset)
    {
        int end = text.IndexOf('\n', offset);
        return end < 0 ? text.Length : end + 1;
    }

    private bool IsBlankLine(int start) => start < text.Length && string.IsNullOrWhiteSpace(text[start..EndOfLine(start)]);
}
