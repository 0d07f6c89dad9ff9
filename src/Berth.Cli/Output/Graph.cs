using System.Text;

namespace Berth.Cli.Output;

/// <summary>Numbers over time, drawn with block characters: a column each, an eighth of a line as the smallest difference.</summary>
internal static class Graph
{
    private const string Blocks = " ▁▂▃▄▅▆▇█";

    /// <summary>The lines from top to bottom, all of the same width. What is above nothing is at least a thin line.</summary>
    /// <param name="full">The number that fills a column; nothing is drawn higher.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<double> values, double full, int height)
    {
        for (int line = height - 1; line >= 0; line--)
        {
            var text = new StringBuilder(values.Count);
            foreach (var value in values)
                text.Append(Blocks[Math.Clamp(Eighths(value, full, height) - (line * 8), 0, 8)]);
            yield return text.ToString();
        }
    }

    private static int Eighths(double value, double full, int height) =>
        value <= 0 || full <= 0 ? 0 : Math.Clamp((int)Math.Round(value / full * height * 8), 1, height * 8);
}
