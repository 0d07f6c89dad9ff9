namespace Berth.Builds;

/// <summary>
/// Keeps the last lines of a build's output, which comes in pieces that end anywhere, and the step it was at. Bounded: a build may print without
/// end and without line breaks. Not safe for concurrent use.
/// </summary>
internal sealed class OutputTail
{
    /// <summary>Lines kept for a message.</summary>
    public const int MaxLines = 20;

    private const int MaxLineLength = 500;

    private readonly Queue<string> _lines = new();
    private readonly System.Text.StringBuilder _open = new();

    public IReadOnlyList<string> LastLines => _open.Length == 0 ? [.. _lines] : [.. _lines, _open.ToString()];

    /// <summary><c>Step 3/5 : RUN make</c>; null before the first.</summary>
    public string? Step { get; private set; }

    public void Add(string piece)
    {
        foreach (var character in piece)
        {
            if (character == '\n')
                EndLine();
            else if (_open.Length < MaxLineLength && (character == '\t' || !char.IsControl(character)))
                _open.Append(character);
        }
    }

    private void EndLine()
    {
        var line = _open.ToString().TrimEnd();
        _open.Clear();
        if (line.Length == 0)
            return;
        if (line.StartsWith("Step ", StringComparison.Ordinal) && line.Contains(" : ", StringComparison.Ordinal))
            Step = line;
        _lines.Enqueue(line);
        if (_lines.Count > MaxLines)
            _lines.Dequeue();
    }
}
