namespace Berth.Definitions.Sources;

public enum IgnoreDialect
{
    /// <summary><c>.gitignore</c>: a pattern without a slash matches at any depth; what is in an ignored folder cannot come back.</summary>
    Git,

    /// <summary><c>.dockerignore</c>: every pattern stands at the root; <c>!</c> brings back also what is in an ignored folder.</summary>
    Docker,
}

/// <summary>
/// What one ignore file says about paths. Pure: it reads a text, not a disk. The last rule that matches decides. Paths are
/// relative to the source's root, with forward slashes and none at the ends.
/// </summary>
public sealed class IgnoreRules
{
    /// <param name="Start">The folders or the whole path that a match must begin with; empty where it may be anywhere.</param>
    private sealed record Rule(IgnorePattern Pattern, bool Negated, bool FoldersOnly, bool NameOnly, string Start);

    private readonly IgnoreDialect _dialect;
    private readonly string _folder;
    private readonly List<Rule> _rules = [];

    private IgnoreRules(IgnoreDialect dialect, string folder)
    {
        _dialect = dialect;
        _folder = folder.Length == 0 ? "" : folder + "/";
    }

    /// <param name="text">The file's text, or patterns one a line.</param>
    /// <param name="folder">Where the file stands, relative to the root; empty at the root.</param>
    public static IgnoreRules Parse(string text, IgnoreDialect dialect, string folder = "")
    {
        var rules = new IgnoreRules(dialect, folder);
        foreach (var raw in text.TrimStart('\uFEFF').Split('\n'))
        {
            var line = raw.TrimEnd('\r');
            if (line.StartsWith('#'))
                continue;
            if ((dialect == IgnoreDialect.Git ? ReadGit(line) : ReadDocker(line)) is { } rule)
                rules._rules.Add(rule);
        }
        return rules;
    }

    /// <summary>Whether a rule could match something inside a folder; false saves looking into it.</summary>
    public bool MayMatchBelow(string folder) => _rules.Exists(rule => !rule.Negated && Reaches(rule, folder));

    /// <summary>Whether a rule could bring back something inside an ignored folder (Docker's dialect).</summary>
    public bool MayRestoreBelow(string folder) => _rules.Exists(rule => rule.Negated && Reaches(rule, folder));

    /// <summary>True: ignored. False: brought back by <c>!</c>. Null: no rule speaks of it, so that a file further up may decide.</summary>
    /// <remarks>In git's dialect the path itself is judged: who walks does not go into an ignored folder.</remarks>
    public bool? Match(string path, bool isFolder)
    {
        if (!path.StartsWith(_folder, StringComparison.Ordinal))
            return null;
        var inside = path[_folder.Length..];
        for (int i = _rules.Count - 1; i >= 0; i--)
        {
            var rule = _rules[i];
            if (_dialect == IgnoreDialect.Git ? MatchesGit(rule, inside, isFolder) : MatchesDocker(rule, inside))
                return !rule.Negated;
        }
        return null;
    }

    private static bool Reaches(Rule rule, string folder) =>
        rule.Start.StartsWith(folder + "/", StringComparison.Ordinal) || (folder + "/").StartsWith(rule.Start, StringComparison.Ordinal);

    private static string StartOf(string pattern)
    {
        int glob = pattern.IndexOfAny(['*', '?', '[', '\\']);
        return glob < 0 ? pattern : pattern[..(pattern.LastIndexOf('/', glob) + 1)];
    }

    private static bool MatchesGit(Rule rule, string path, bool isFolder)
    {
        if (rule.FoldersOnly && !isFolder)
            return false;
        return rule.Pattern.Matches(rule.NameOnly ? path.AsSpan(path.LastIndexOf('/') + 1) : path);
    }

    private static bool MatchesDocker(Rule rule, string path)
    {
        if (rule.Pattern.Matches(path))
            return true;
        for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (rule.Pattern.Matches(path.AsSpan(0, slash)))
                return true;
        }
        return false;
    }

    private static Rule? ReadGit(string line)
    {
        var pattern = TrimUnescapedBlanks(line);
        bool negated = pattern.StartsWith('!');
        if (negated)
            pattern = pattern[1..];
        bool foldersOnly = pattern.EndsWith('/');
        if (foldersOnly)
            pattern = pattern[..^1];
        bool nameOnly = !pattern.Contains('/');
        pattern = pattern.StartsWith('/') ? pattern[1..] : pattern;
        // "a/**" is what is in a, not a itself; one star more asks for a name behind the slash.
        if (pattern.EndsWith("/**", StringComparison.Ordinal))
            pattern += "/*";
        return pattern.Length > 0 && IgnorePattern.Compile(pattern) is { } compiled
            ? new Rule(compiled, negated, foldersOnly, nameOnly, nameOnly ? "" : StartOf(pattern))
            : null;
    }

    private static Rule? ReadDocker(string line)
    {
        var pattern = line.Trim();
        bool negated = pattern.StartsWith('!');
        if (negated)
            pattern = pattern[1..].Trim();
        var kept = new List<string>();
        foreach (var segment in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == ".." && kept.Count > 0)
                kept.RemoveAt(kept.Count - 1);
            else if (segment is not ("." or ".."))
                kept.Add(segment);
        }
        return kept.Count > 0 && IgnorePattern.Compile(string.Join('/', kept)) is { } compiled
            ? new Rule(compiled, negated, FoldersOnly: false, NameOnly: false, StartOf(string.Join('/', kept)))
            : null;
    }

    private static string TrimUnescapedBlanks(string line)
    {
        int end = line.Length;
        while (end > 0 && line[end - 1] is ' ' or '\t' && !(end > 1 && line[end - 2] == '\\'))
            end--;
        return line[..end];
    }
}
