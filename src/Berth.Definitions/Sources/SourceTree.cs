using System.Runtime.InteropServices;

namespace Berth.Definitions.Sources;

public enum SourceEntryKind
{
    File,
    Folder,

    /// <summary>A symbolic link; never followed.</summary>
    Link,

    /// <summary>A socket, a pipe or a device: nothing that could be sent.</summary>
    Special,
}

/// <param name="Path">Relative to the root, with forward slashes.</param>
/// <param name="FullPath">Where it is on the disk.</param>
/// <param name="LinkTarget">As written in the link; null otherwise.</param>
public sealed record SourceEntry(
    string Path, string FullPath, SourceEntryKind Kind, long Length, bool Executable, DateTimeOffset ModifiedAt, string? LinkTarget);

/// <summary>Which parts of a folder count.</summary>
public sealed record SourceSelection
{
    /// <summary>Whether <c>.gitignore</c> files (at the root and below) leave files out; default no.</summary>
    public bool UseGitIgnore { get; init; }

    /// <summary>Patterns (gitignore style) that are kept whatever the ignore files say.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];
}

/// <summary>
/// Lists a folder in a fixed order (by ordinal name, a folder before its content), less what the ignore files leave out. <c>.git</c> is never part of
/// it; a <c>.dockerignore</c> at the root always counts.
/// </summary>
public sealed class SourceTree
{
    private readonly string _root;
    private readonly bool _useGitIgnore;
    private readonly IgnoreRules? _docker;
    private readonly IgnoreRules _include;

    private SourceTree(string root, SourceSelection selection)
    {
        _root = root;
        _useGitIgnore = selection.UseGitIgnore;
        _docker = ReadRules(Path.Combine(root, ".dockerignore"), IgnoreDialect.Docker, "");
        _include = IgnoreRules.Parse(string.Join('\n', selection.Include), IgnoreDialect.Git);
    }

    /// <exception cref="IOException">The folder could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder below may not be read.</exception>
    public static IEnumerable<SourceEntry> Walk(string root, SourceSelection selection) =>
        new SourceTree(root, selection).Walk(_ => false, "", included: false, ignored: false);

    private IEnumerable<SourceEntry> Walk(Func<(string Path, bool IsFolder), bool> ignoredAbove, string folder, bool included, bool ignored)
    {
        var own = _useGitIgnore && !ignored ? ReadRules(Path.Combine(_root, folder, ".gitignore"), IgnoreDialect.Git, folder) : null;
        bool GitIgnores((string Path, bool IsFolder) item) => own?.Match(item.Path, item.IsFolder) ?? ignoredAbove(item);

        var children = new DirectoryInfo(Path.Combine(_root, folder)).EnumerateFileSystemInfos().Where(child => child.Name != ".git");
        foreach (var child in children.OrderBy(child => child.Name, StringComparer.Ordinal))
        {
            var path = folder.Length == 0 ? child.Name : $"{folder}/{child.Name}";
            bool isFolder = child is DirectoryInfo && child.LinkTarget is null;
            bool childIncluded = included || _include.Match(path, isFolder) == true;
            bool gitIgnored = ignored || GitIgnores((path, isFolder));
            bool dockerIgnored = _docker?.Match(path, isFolder) == true;
            bool keep = childIncluded || !(gitIgnored || dockerIgnored);
            if (keep)
                yield return Describe(child, path, isFolder);
            bool mayHoldMore = _include.MayMatchBelow(path) || (!gitIgnored && _docker?.MayRestoreBelow(path) == true);
            if (!isFolder || !(keep || mayHoldMore))
                continue;
            foreach (var entry in Walk(GitIgnores, path, childIncluded, gitIgnored))
                yield return entry;
        }
    }

    private static SourceEntry Describe(FileSystemInfo info, string path, bool isFolder)
    {
        var kind = isFolder ? SourceEntryKind.Folder
            : info.LinkTarget is not null ? SourceEntryKind.Link
            : FileKind.IsRegular(info.FullName) ? SourceEntryKind.File
            : SourceEntryKind.Special;
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return new SourceEntry(
            path, info.FullName, kind,
            kind == SourceEntryKind.File ? ((FileInfo)info).Length : 0,
            kind != SourceEntryKind.Link && (info.UnixFileMode & execute) != 0,
            info.LastWriteTimeUtc, info.LinkTarget);
    }

    private static IgnoreRules? ReadRules(string file, IgnoreDialect dialect, string folder) =>
        FileKind.IsRegular(file) ? IgnoreRules.Parse(File.ReadAllText(file), dialect, folder) : null;

    /// <summary>Asks the kernel: .NET tells files from folders and links, but opening a pipe to find out would hang.</summary>
    private static class FileKind
    {
        private const int CurrentFolder = -100;
        private const int DoNotFollow = 0x100;
        private const uint TypeOnly = 1;
        private const int ModeOffset = 28;

        public static bool IsRegular(string path)
        {
            var answer = new byte[256];
            return Statx(CurrentFolder, path, DoNotFollow, TypeOnly, answer) == 0
                && (BitConverter.ToUInt16(answer, ModeOffset) & 0xF000) == 0x8000;
        }

        [DllImport("libc", EntryPoint = "statx")]
        private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] answer);
    }
}
