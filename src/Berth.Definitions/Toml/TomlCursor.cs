namespace Berth.Definitions.Toml;

/// <summary>Where the reader stands in the file, and what it complained about. Moves forward only, so reading is linear.</summary>
internal sealed class TomlCursor(FileDiagnostics diagnostics)
{
    private readonly string text = diagnostics.Source.Text;

    public int Offset { get; private set; }

    /// <summary>
    /// An error inside something that spans lines: where it was meant to end is anybody's guess, so what follows would
    /// only be complained about wrongly. Reading stops.
    /// </summary>
    public bool Lost { get; private set; }

    /// <summary>More problems than anybody wants to know of.</summary>
    public bool IsHopeless => diagnostics.IsFull;

    public bool AtEnd => Offset >= text.Length;

    /// <summary>NUL at the end of the file, too: ask <see cref="AtEnd"/> where that matters.</summary>
    public char Current => Peek(0);

    /// <summary>The whole character, also where it takes two code units.</summary>
    public string CurrentCharacter => text.Substring(Offset, char.IsHighSurrogate(Current) ? 2 : 1);

    public bool AtNewline => Current == '\n' || (Current == '\r' && Peek(1) == '\n');

    public char Peek(int ahead) => Offset + ahead < text.Length ? text[Offset + ahead] : '\0';

    public bool IsAt(string expected) => text.AsSpan(Offset).StartsWith(expected, StringComparison.Ordinal);

    public string Slice(int start) => text[start..Offset];

    public void Advance(int count = 1) => Offset = Math.Min(Offset + count, text.Length);

    public void SkipBlanks()
    {
        while (Current is ' ' or '\t')
            Offset++;
    }

    public bool TrySkip(char expected)
    {
        if (AtEnd || Current != expected)
            return false;
        Offset++;
        return true;
    }

    public bool TrySkipNewline()
    {
        if (!AtNewline)
            return false;
        Offset += Current == '\r' ? 2 : 1;
        return true;
    }

    /// <summary>Skips a comment up to its line's end, if there is one here. False where it holds a control character.</summary>
    public bool SkipComment()
    {
        if (Current != '#')
            return true;
        while (!AtEnd && !AtNewline)
        {
            if (IsControl(Current))
                return Fail(DefinitionMessages.TomlControlCharacter(Current, "a comment"));
            Offset++;
        }
        return true;
    }

    public void SkipLine()
    {
        int end = text.IndexOf('\n', Offset);
        Offset = end < 0 ? text.Length : end + 1;
    }

    /// <summary>Control characters other than tab may stand nowhere in TOML but as a line's end.</summary>
    public static bool IsControl(char c) => c is (< ' ' and not '\t') or '\u007F';

    /// <summary>Complains about what stands here. Always false, so that readers can return it.</summary>
    public bool Fail(Problem problem) => FailAt(Offset, problem);

    public bool FailAt(int offset, Problem problem)
    {
        diagnostics.Error(offset, problem);
        return false;
    }

    public void GetLost() => Lost = true;
}
