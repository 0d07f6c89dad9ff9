using Berth.Definitions.Sources;
using Berth.Model;

namespace Berth.Cli.Sources;

/// <summary>
/// Packs a folder as a tar stream for upload: what <c>.gitignore</c> and a root <c>.dockerignore</c> leave, never <c>.git</c>. The files that say what the
/// app is are always sent. Everything is looked at before the first byte is written, so an error leaves nothing half sent.
/// </summary>
public static class SourcePacker
{
    /// <summary>Sent whatever the ignore files say: without them the server could not tell what the app is or how to build it.</summary>
    private static readonly string[] AlwaysSent = ["/Dockerfile", "/.dockerignore", "/Procfile", "/.berth/", "/.miren/", "/manifest.yml", "/manifest.yaml"];

    private const int FoldersNamed = 3;

    /// <param name="include">Patterns that are sent although ignored: <c>BuildDefinition.Include</c>, and a Dockerfile of another name.</param>
    /// <param name="beside">Files that are sent in front of the folder's.</param>
    public static async Task<PackResult> PackAsync(
        string directory, IReadOnlyList<string> include, Stream destination, SourceLimits limits, CancellationToken ct, IReadOnlyList<(string Path, byte[] Bytes)>? beside = null)
    {
        if (!Directory.Exists(directory))
            return new PackResult { Error = SourceMessages.NoFolder(directory) };
        var entries = new List<SourceEntry>();
        if (List(directory, include, entries, ct) is { } unreadable)
            return new PackResult { Error = unreadable };
        if (Check(entries, limits) is { } refused)
            return new PackResult { Error = refused };
        await using (var tar = new SourceTarWriter(destination))
        {
            foreach (var (path, bytes) in beside ?? [])
                await tar.WriteAsync(path, bytes, ct);
            foreach (var entry in entries)
            {
                if (await WriteAsync(tar, entry, ct) is { } changed)
                    return new PackResult { Error = changed };
            }
        }
        return new PackResult
        {
            Files = entries.Count(entry => entry.Kind != SourceEntryKind.Folder),
            Bytes = entries.Sum(entry => entry.Length),
        };
    }

    private static Diagnostic? List(string directory, IReadOnlyList<string> include, List<SourceEntry> entries, CancellationToken ct)
    {
        var selection = new SourceSelection { UseGitIgnore = true, Include = [.. AlwaysSent, .. include] };
        try
        {
            foreach (var entry in SourceTree.Walk(Path.GetFullPath(directory), selection))
            {
                ct.ThrowIfCancellationRequested();
                entries.Add(entry);
            }
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return SourceMessages.Unreadable(entries.Count == 0 ? directory : $"the folder behind {entries[^1].Path}", error.Message);
        }
    }

    private static Diagnostic? Check(List<SourceEntry> entries, SourceLimits limits)
    {
        if (entries.Count > limits.MaxEntries)
        {
            var fullest = ByFolder(entries).Select(group => (group.Key, Count: group.Count())).OrderByDescending(item => item.Count);
            return SourceMessages.TooMany(entries.Count, limits.MaxEntries, [.. fullest.Take(FoldersNamed)]);
        }
        long bytes = entries.Sum(entry => entry.Length);
        if (bytes > limits.MaxBytes)
        {
            var largest = ByFolder(entries).Select(group => (group.Key, Bytes: group.Sum(entry => entry.Length))).OrderByDescending(item => item.Bytes);
            return SourceMessages.TooLarge(bytes, limits.MaxBytes, [.. largest.Take(FoldersNamed)]);
        }
        return entries.Select(CheckEntry).FirstOrDefault(problem => problem is not null);
    }

    private static IEnumerable<IGrouping<string, SourceEntry>> ByFolder(List<SourceEntry> entries) =>
        entries.GroupBy(entry => entry.Path.Contains('/') ? entry.Path[..(entry.Path.IndexOf('/') + 1)] : entry.Path);

    private static Diagnostic? CheckEntry(SourceEntry entry)
    {
        switch (entry.Kind)
        {
            case SourceEntryKind.Special:
                return SourceMessages.NotAFile(entry.Path);
            case SourceEntryKind.Link when PointsOut(entry.Path, entry.LinkTarget!):
                return SourceMessages.LinkOutside(entry.Path, entry.LinkTarget!);
            case SourceEntryKind.File:
                try
                {
                    File.OpenHandle(entry.FullPath, share: FileShare.ReadWrite | FileShare.Delete).Dispose();
                    return null;
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    return SourceMessages.Unreadable(entry.Path, error.Message);
                }
            default:
                return null;
        }
    }

    /// <summary>By the text alone; the server follows chains of links and refuses what this lets pass.</summary>
    private static bool PointsOut(string path, string target)
    {
        if (target.StartsWith('/'))
            return true;
        int depth = path.Count(character => character == '/');
        foreach (var segment in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            depth += segment switch { ".." => -1, "." => 0, _ => 1 };
            if (depth < 0)
                return true;
        }
        return false;
    }

    /// <summary>A file may still vanish between the look and the reading; what the destination throws is the caller's.</summary>
    private static async Task<Diagnostic?> WriteAsync(SourceTarWriter tar, SourceEntry entry, CancellationToken ct)
    {
        try
        {
            await tar.WriteAsync(entry, entry.Path, ct);
            return null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or EndOfStreamException)
        {
            return SourceMessages.Unreadable(entry.Path, error.Message);
        }
    }
}
