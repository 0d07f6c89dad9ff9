using System.Text;
using Berth.Model;

namespace Berth.Builds.Sources;

/// <summary>
/// The paths of an archive as they are met: decides by them alone what may be unpacked. The folder unpacked to is empty at first, so this is the
/// whole truth about it and no question goes to the disk.
/// </summary>
internal sealed class SourceLayout(SourceLimits limits)
{
    private enum Kind
    {
        Folder,
        File,
        Link,
    }

    private readonly Dictionary<string, Kind> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    /// <summary>Symbolic links and their targets as written, in the order in which they were met.</summary>
    public IReadOnlyDictionary<string, string> Links => _links;

    /// <summary>The path without <c>./</c> and slashes at the ends; empty for the root itself.</summary>
    public Diagnostic? CheckName(string name, out string path)
    {
        path = "";
        if (name.Contains('\0'))
            return SourceMessages.BadName(name, "has a NUL in its name");
        if (name.StartsWith('/'))
            return SourceMessages.BadName(name, "has an absolute path");
        var segments = name.Split('/').Where(segment => segment is not ("" or ".")).ToArray();
        if (segments.Contains(".."))
            return SourceMessages.BadName(name, "has .. in its path");
        if (segments.Any(segment => Encoding.UTF8.GetByteCount(segment) > limits.MaxNameBytes))
            return SourceMessages.BadName(name, $"has a name of more than {limits.MaxNameBytes} bytes");
        path = string.Join('/', segments);
        if (Encoding.UTF8.GetByteCount(path) > limits.MaxPathBytes)
            return SourceMessages.BadName(name, $"has a path of more than {limits.MaxPathBytes} bytes");
        return null;
    }

    /// <summary>A folder may be named again; nothing else may.</summary>
    public Diagnostic? AddFolder(string path) => Add(path, Kind.Folder);

    public Diagnostic? AddFile(string path) => Add(path, Kind.File);

    public Diagnostic? AddLink(string path, string target)
    {
        if (target.Length == 0 || target.Contains('\0') || Encoding.UTF8.GetByteCount(target) > limits.MaxPathBytes)
            return SourceMessages.BadName(path, "is a link with an empty, malformed or overlong target");
        if (Add(path, Kind.Link) is { } problem)
            return problem;
        _links.Add(path, target);
        return null;
    }

    public bool IsFile(string path) => _paths.TryGetValue(path, out var kind) && kind == Kind.File;

    /// <summary>
    /// Whether every link stays inside, followed as the kernel would. Asked when all entries are known: a link through another one
    /// (<c>a → b/../..</c> with <c>b → .</c>) looks harmless by its text.
    /// </summary>
    public Diagnostic? CheckLinks()
    {
        foreach (var (path, target) in _links)
        {
            var at = new List<string>(path.Split('/')[..^1]);
            var ahead = new Stack<string>();
            int followed = 0;
            string next = target;
            while (true)
            {
                if (next.StartsWith('/'))
                    return SourceMessages.LinkOutside(path, target);
                if (++followed > limits.MaxLinkDepth)
                    return SourceMessages.LinkLoop(path, limits.MaxLinkDepth);
                foreach (var segment in next.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                    ahead.Push(segment);
                if (!Advance(at, ahead, out var link))
                    return SourceMessages.LinkOutside(path, target);
                if (link is null)
                    break;
                next = link;
            }
        }
        return null;
    }

    /// <summary>Walks until a link is met (<paramref name="link"/> is its target, to be gone on with) or the end. False: left the root.</summary>
    private bool Advance(List<string> at, Stack<string> ahead, out string? link)
    {
        link = null;
        while (ahead.TryPop(out var segment))
        {
            if (segment == ".")
                continue;
            if (segment == "..")
            {
                if (at.Count == 0)
                    return false;
                at.RemoveAt(at.Count - 1);
                continue;
            }
            at.Add(segment);
            if (!_links.TryGetValue(string.Join('/', at), out link))
                continue;
            at.RemoveAt(at.Count - 1);
            return true;
        }
        return true;
    }

    private Diagnostic? Add(string path, Kind kind)
    {
        for (int slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            var ancestor = path[..slash];
            if (!_paths.TryAdd(ancestor, Kind.Folder) && _paths[ancestor] != Kind.Folder)
                return SourceMessages.ThroughLink(path, ancestor);
        }
        // Folders that are only implied count too: a hundred thousand deep paths are millions of them.
        if (_paths.Count >= limits.MaxEntries && !_paths.ContainsKey(path))
            return SourceMessages.TooManyEntries(path, limits.MaxEntries);
        if (_paths.TryAdd(path, kind) || (kind == Kind.Folder && _paths[path] == Kind.Folder))
            return null;
        return SourceMessages.Twice(path);
    }
}
