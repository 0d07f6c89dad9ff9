using System.Text;
using Berth.Model;

namespace Berth.Definitions;

/// <summary>
/// The text of one definition file. Readers keep offsets into <see cref="Text"/>, which are cheap; this turns one into a
/// line and a column when somebody is to be told. Immutable.
/// </summary>
public sealed class SourceText
{
    private const int MaxShownLine = 200;

    /// <summary>Offset at which each line begins; ascending, the first is 0.</summary>
    private readonly List<int> lineStarts = [0];

    private SourceText(string name, string text)
    {
        Name = name;
        Text = text;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
                lineStarts.Add(i + 1);
        }
    }

    /// <summary>Path inside the source, with forward slashes.</summary>
    public string Name { get; }

    /// <summary>All characters but a byte order mark at the beginning.</summary>
    public string Text { get; }

    /// <summary>From 1.</summary>
    public int LineOf(int offset)
    {
        int found = lineStarts.BinarySearch(offset);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>From 1, in characters (a character outside the basic plane counts once).</summary>
    public int ColumnOf(int offset)
    {
        int column = 1;
        for (int i = lineStarts[LineOf(offset) - 1]; i < offset && i < Text.Length; i++)
        {
            if (!char.IsLowSurrogate(Text[i]))
                column++;
        }
        return column;
    }

    /// <summary>The line without its end, cut to 200 characters, control characters drawn as pictures so that no terminal obeys them.</summary>
    public string LineAt(int offset)
    {
        int line = LineOf(offset);
        int start = lineStarts[line - 1];
        int end = line < lineStarts.Count ? lineStarts[line] - 1 : Text.Length;
        if (end > start && Text[end - 1] == '\r')
            end--;
        bool cut = end - start > MaxShownLine;
        if (cut)
            end = start + MaxShownLine - 1;
        if (cut && char.IsHighSurrogate(Text[end - 1]))
            end--;
        return Printable(Text[start..end]) + (cut ? "…" : "");
    }

    /// <summary>A piece of somebody's file, fit to stand in a message: at most 60 characters, control characters as pictures.</summary>
    public static string Shown(string text) => Printable(text.Length <= 60 ? text : text[..59] + "…");

    /// <summary>The text of a file, or why it cannot be read: too large, or not UTF-8.</summary>
    public static (SourceText? Source, Diagnostic? Problem) Decode(string name, ReadOnlySpan<byte> bytes, DefinitionLimits limits)
    {
        if (bytes.Length > limits.MaxFileBytes)
            return (null, DefinitionMessages.FileTooLarge(name, bytes.Length, limits.MaxFileBytes).In(name));
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return (null, DefinitionMessages.Utf16(name).In(name));
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            bytes = bytes[3..];
        int valid = ValidLength(bytes);
        var source = new SourceText(name, Encoding.UTF8.GetString(bytes[..valid]));
        return valid == bytes.Length
            ? (source, null)
            : (null, DefinitionMessages.NotUtf8(bytes[valid]).At(source, source.Text.Length));
    }

    private static int ValidLength(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out int length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }

    private static string Printable(string text) => string.Create(text.Length, text, static (shown, original) =>
    {
        for (int i = 0; i < shown.Length; i++)
        {
            shown[i] = original[i] switch
            {
                '\t' => ' ',
                < ' ' => (char)('\u2400' + original[i]),
                '\u007F' => '\u2421',
                >= '\u0080' and <= '\u009F' => '\uFFFD',
                var c => c,
            };
        }
    });
}
