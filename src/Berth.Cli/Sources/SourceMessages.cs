using Berth.Model;

namespace Berth.Cli.Sources;

/// <summary>Everything that packing a source tells people.</summary>
internal static class SourceMessages
{
    public static Diagnostic NoFolder(string directory) => new()
    {
        Code = "source-missing",
        Message = $"there is no folder {directory}",
        Hint = "name the folder that holds the app, for example: berth deploy ./myapp",
    };

    public static Diagnostic TooLarge(long bytes, long limit, IReadOnlyList<(string Folder, long Bytes)> largest) => new()
    {
        Code = "source-too-large",
        Message = $"the source has {ByteSize.ForPeople(bytes)}, more than the {ByteSize.ForPeople(limit)} that may be sent; largest: "
            + string.Join(", ", largest.Select(item => $"{item.Folder} ({ByteSize.ForPeople(item.Bytes)})")),
        Hint = "leave out what the build does not need by .gitignore or .dockerignore",
    };

    public static Diagnostic TooMany(int entries, int limit, IReadOnlyList<(string Folder, int Count)> largest) => new()
    {
        Code = "source-too-many-files",
        Message = $"the source has {entries} files and folders, more than the {limit} that may be sent; most in: "
            + string.Join(", ", largest.Select(item => $"{item.Folder} ({item.Count})")),
        Hint = "leave out what the build does not need by .gitignore or .dockerignore",
    };

    public static Diagnostic Unreadable(string path, string reason) => new()
    {
        Code = "source-unreadable",
        Message = $"cannot read {path}: {reason}",
        Hint = "make it readable, or leave it out by .gitignore or .dockerignore",
        File = path,
    };

    public static Diagnostic NotAFile(string path) => new()
    {
        Code = "source-special-file",
        Message = $"{path} is a socket, a pipe or a device and cannot be sent",
        Hint = "remove it, or leave it out by .gitignore or .dockerignore",
        File = path,
    };

    public static Diagnostic LinkOutside(string path, string target) => new()
    {
        Code = "source-link-outside",
        Message = $"the link {path} points out of the source, to {target}",
        Hint = "replace it by a copy, or leave it out by .gitignore or .dockerignore",
        File = path,
    };
}
