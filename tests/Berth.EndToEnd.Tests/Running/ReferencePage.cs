using Berth.Testing;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>
/// A page of other platforms' documentation that lies beside the repository, in <c>../shared/reference</c>. What Berth is held against is read out
/// of it at run time and never copied; the test is skipped where the page is absent.
/// </summary>
public sealed class ReferencePage
{
    private readonly string _name;
    private readonly string[] _lines;

    private ReferencePage(string name, string[] lines) => (_name, _lines) = (name, lines);

    public static ReferencePage Read(string name)
    {
        var path = Path.GetFullPath(Path.Combine(RepositoryRoot.Find(), "..", "shared", "reference", name));
        Assert.SkipUnless(File.Exists(path), $"the reference page {name} is not on this machine");
        return new ReferencePage(name, File.ReadAllLines(path));
    }

    /// <summary>The lines from the first that begins with <paramref name="first"/> up to the next blank one or the end of the block.</summary>
    public IReadOnlyList<string> BlockFrom(string first)
    {
        IReadOnlyList<string> block = [.. _lines.SkipWhile(l => !l.StartsWith(first, StringComparison.Ordinal)).TakeWhile(l => l.Trim() is not ("" or "```"))];
        Assert.True(block.Count > 0, $"{_name} has no line that begins with \"{first}\"");
        return block;
    }

    /// <summary>The line right after <paramref name="line"/>.</summary>
    public string LineAfter(string line) => BlockFrom(line)[1];

    /// <summary>Fenced blocks, each without its fences.</summary>
    public IEnumerable<IReadOnlyList<string>> FencedBlocks()
    {
        for (var i = 0; i < _lines.Length; i++)
        {
            if (!_lines[i].StartsWith("```", StringComparison.Ordinal))
                continue;
            var end = Array.FindIndex(_lines, i + 1, l => l.StartsWith("```", StringComparison.Ordinal));
            Assert.True(end > i, $"{_name}:{i + 1}: this block has no end");
            yield return _lines[(i + 1)..end];
            i = end;
        }
    }
}
