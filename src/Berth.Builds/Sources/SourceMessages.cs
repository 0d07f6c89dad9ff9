using Berth.Model;

namespace Berth.Builds.Sources;

/// <summary>Everything that unpacking a source tells people.</summary>
internal static class SourceMessages
{
    private const string PackAgain = "pack the source again with plain relative paths; berth deploy does so by itself";

    public static Diagnostic NotAnArchive(string reason) => Problem(
        "source-bad-archive", $"the uploaded source is no readable tar archive ({reason})", "send a tar stream, plain or gzipped");

    public static Diagnostic BadName(string entry, string reason) => Problem(
        "source-bad-path", $"archive entry \"{Shown(entry)}\" {reason}", PackAgain);

    public static Diagnostic LinkOutside(string entry, string target) => Problem(
        "source-link-outside", $"archive entry \"{Shown(entry)}\" is a link that points out of the source, to \"{Shown(target)}\"", "replace the link by a copy of what it points to, or leave it out");

    public static Diagnostic HardLinkMissing(string entry, string target) => Problem(
        "source-bad-link", $"archive entry \"{Shown(entry)}\" is a hard link to \"{Shown(target)}\", which is no earlier file of the archive", "replace the link by a copy of what it points to, or leave it out");

    public static Diagnostic LinkLoop(string entry, int depth) => Problem(
        "source-bad-link", $"archive entry \"{Shown(entry)}\" is a link that has not arrived anywhere after {depth} links", "remove the loop of links");

    public static Diagnostic NotAFile(string entry, string kind) => Problem(
        "source-special-file", $"archive entry \"{Shown(entry)}\" is a {kind}; only files, folders and links are taken", "leave it out of the source");

    public static Diagnostic Twice(string entry) => Problem(
        "source-duplicate-path", $"archive entry \"{Shown(entry)}\" is in the archive twice, or as a file and as a folder", PackAgain);

    public static Diagnostic ThroughLink(string entry, string ancestor) => Problem(
        "source-path-through-link", $"archive entry \"{Shown(entry)}\" lies behind \"{Shown(ancestor)}\", which is no folder", PackAgain);

    public static Diagnostic TooManyEntries(string entry, int limit) => Problem(
        "source-too-many-files", $"the source has more than {limit} files and folders (\"{Shown(entry)}\" is the first too many)", "leave out what the build does not need by .gitignore or .dockerignore");

    public static Diagnostic TooLarge(string entry, long limit) => Problem(
        "source-too-large", $"the source has more than {ByteSize.ForPeople(limit)} unpacked (\"{Shown(entry)}\" is too much)", "leave out what the build does not need by .gitignore or .dockerignore");

    public static Diagnostic DiskFull(string directory) => Problem(
        "disk-full", $"the disk is full while the source is unpacked to {directory}", "free some space on the server (old images: berth doctor) and deploy again");

    private static Diagnostic Problem(string code, string message, string hint) => new() { Code = code, Message = message, Hint = hint };

    /// <summary>Names out of a hostile archive: no control characters on a terminal, and short.</summary>
    private static string Shown(string name)
    {
        var clean = string.Concat(name.Select(character => char.IsControl(character) ? '?' : character));
        return clean.Length <= 120 ? clean : clean[..117] + "…";
    }
}
