namespace Berth.Server.Git;

/// <summary>One ref that a push is to change.</summary>
/// <param name="Commit">What it is to be; all zeros: it is to be removed.</param>
internal sealed record PushedRef(string Before, string Commit, string Name)
{
    private const string Heads = "refs/heads/";

    /// <summary>Its name without what says that it is one; null for what is no branch.</summary>
    public string? Branch => Name.StartsWith(Heads, StringComparison.Ordinal) ? Name[Heads.Length..] : null;

    public bool IsTag => Name.StartsWith("refs/tags/", StringComparison.Ordinal);

    public bool IsRemoval => Commit.All(c => c == '0');

    /// <summary>One a line, as git gives them to a hook: the object before, the object after, the name.</summary>
    public static IReadOnlyList<PushedRef> Parse(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ', 3)).Where(l => l.Length == 3).Select(l => new PushedRef(l[0], l[1], l[2]))];
}

/// <param name="Objects">The folder in which git keeps what was sent, until it is taken.</param>
internal sealed record Push(string App, string Repository, string Objects, IReadOnlyList<PushedRef> Refs);
