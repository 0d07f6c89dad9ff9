using System.Text;

namespace Berth.Cli.Output;

/// <summary>Aligned columns with two blanks between them and none at a line's end; the header is always there, so that scripts can rely on it.</summary>
internal sealed class Table(params string[] header)
{
    private const int Gap = 2;

    private readonly List<string[]> _rows = [header];

    public bool IsEmpty => _rows.Count == 1;

    /// <summary>Null and empty cells are shown as <c>-</c>.</summary>
    public void Add(params string?[] cells) => _rows.Add([.. cells.Select(c => string.IsNullOrEmpty(c) ? "-" : c)]);

    public void WriteTo(TextWriter output, Style style)
    {
        // A cell is one line of one row whatever is in it: line ends would break the table for people and scripts alike.
        var rows = _rows.ConvertAll(row => Array.ConvertAll(row, SafeText.Of));
        var widths = new int[header.Length];
        foreach (var row in rows)
        {
            for (int i = 0; i < row.Length; i++)
                widths[i] = Math.Max(widths[i], row[i].Length);
        }
        var text = new StringBuilder();
        for (int line = 0; line < rows.Count; line++)
        {
            var row = Line(rows[line], widths);
            text.Append(line == 0 ? style.Bold(row) : row).Append('\n');
        }
        output.Write(text.ToString());
    }

    private static string Line(string[] row, int[] widths)
    {
        var line = new StringBuilder();
        for (int i = 0; i < row.Length; i++)
            line.Append(row[i]).Append(' ', widths[i] - row[i].Length + Gap);
        return line.ToString().TrimEnd();
    }
}
