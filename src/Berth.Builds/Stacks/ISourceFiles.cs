namespace Berth.Builds.Stacks;

/// <summary>What detection may ask of a source. Paths are relative to its root, with forward slashes.</summary>
public interface ISourceFiles
{
    bool Exists(string path);

    /// <summary>Null where there is no such file, or where it is longer than anything a person would write (1 MiB).</summary>
    string? Read(string path);

    /// <summary>Names of the files in a folder, in ordinal order; none where there is no such folder.</summary>
    /// <param name="folder">Empty: the root.</param>
    IReadOnlyList<string> FilesIn(string folder);

    /// <summary>Names of the folders in a folder, but for hidden ones, in ordinal order.</summary>
    IReadOnlyList<string> FoldersIn(string folder);
}
