using System.Globalization;
using System.Text;

namespace Berth.Engines.Processes;

/// <param name="Group">Id of its process group.</param>
/// <param name="IsDead">Ended, but not fetched by its parent yet.</param>
internal readonly record struct ProcessEntry(int Id, int Parent, int Group, bool IsDead);

/// <summary>The machine's processes at one moment, from <c>/proc</c>.</summary>
internal sealed class ProcessTable
{
    /// <summary>More than any <c>stat</c> file has: some fifty numbers and a name of 15 bytes.</summary>
    private const int StatBytes = 2048;

    private readonly List<ProcessEntry> _entries = [];

    public static ProcessTable Read()
    {
        var table = new ProcessTable();
        var buffer = new byte[StatBytes];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Find(id, buffer) is { } entry)
                table._entries.Add(entry);
        }
        return table;
    }

    public IEnumerable<ProcessEntry> ChildrenOf(int parent) => _entries.Where(e => e.Parent == parent);

    /// <summary>Children, their children and so on; without the dead, but with those whose parent is dead.</summary>
    public IReadOnlyList<ProcessEntry> LivingDescendantsOf(int ancestor)
    {
        var children = _entries.ToLookup(e => e.Parent);
        List<ProcessEntry> found = [];
        var open = new Stack<int>([ancestor]);
        while (open.TryPop(out var parent))
        {
            foreach (var child in children[parent])
            {
                open.Push(child.Id);
                if (!child.IsDead)
                    found.Add(child);
            }
        }
        return found;
    }

    /// <summary>Null if there is no such process.</summary>
    public static ProcessEntry? Find(int id) => Find(id, new byte[StatBytes]);

    private static ProcessEntry? Find(int id, byte[] buffer)
    {
        try
        {
            using var file = File.OpenHandle($"/proc/{id}/stat");
            var text = Encoding.ASCII.GetString(buffer, 0, RandomAccess.Read(file, buffer, 0));
            // The name before it, in parentheses, may hold blanks and parentheses itself.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ', 4);
            return new ProcessEntry(id, Number(fields[1]), Number(fields[2]), fields[0] is "Z" or "X");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
