namespace Berth.Builds.Stacks;

/// <summary>What must be known of a folder that .NET is installed in.</summary>
internal static class DotnetInstallation
{
    public static bool HasSdk(string folder) => File.Exists(Path.Combine(folder, "dotnet")) && FoldersIn(Path.Combine(folder, "sdk")).Any();

    /// <summary>Of the SDKs and runtimes; changes with an update.</summary>
    public static string Versions(string folder) =>
        string.Join(' ', FoldersIn(Path.Combine(folder, "sdk")).Concat(FoldersIn(Path.Combine(folder, "shared")).SelectMany(FoldersIn)).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    /// <summary>Everything in the folder but what is named.</summary>
    public static IReadOnlyList<string> Others(string folder, IReadOnlyList<string> named) =>
        [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Except(named)];

    private static IEnumerable<string> FoldersIn(string folder) => Directory.Exists(folder) ? Directory.EnumerateDirectories(folder) : [];
}
