namespace Berth.Definitions.AppToml;

/// <summary>Which of some names a mistyped one was meant to be.</summary>
internal static class NearestName
{
    /// <summary>What is longer is no slip of the fingers.</summary>
    private const int MaxLength = 64;

    /// <summary>Null where none is near: more than three letters, or more than half of them, are different.</summary>
    public static string? Of(string typed, IReadOnlyList<string> names)
    {
        if (typed.Length > MaxLength)
            return null;
        var plain = Plain(typed);
        var (nearest, distance) = names.Select(name => (name, Distance(plain, Plain(name)))).MinBy(pair => pair.Item2);
        if (distance <= Math.Min(3, Math.Max(1, plain.Length / 2)))
            return nearest;
        return plain.Length < 3 ? null : names.FirstOrDefault(name => Plain(name).Contains(plain, StringComparison.Ordinal) || plain.Contains(Plain(name), StringComparison.Ordinal));
    }

    private static string Plain(string name) => name.ToLowerInvariant().Replace('-', '_');

    /// <summary>Levenshtein's: letters to insert, delete or replace.</summary>
    private static int Distance(string from, string to)
    {
        var previous = new int[to.Length + 1];
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (int i = 1; i <= from.Length; i++)
        {
            (previous, row) = (row, previous);
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = previous[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, 1 + Math.Min(previous[j], row[j - 1]));
            }
        }
        return row[to.Length];
    }
}
