namespace Berth.Builds.Stacks;

/// <summary>A source in a folder on the disk.</summary>
public sealed class FolderFiles(string directory) : ISourceFiles
{
    private const int MaxBytes = 1024 * 1024;

    public bool Exists(string path) => File.Exists(Path.Combine(directory, path));

    public string? Read(string path)
    {
        var file = new FileInfo(Path.Combine(directory, path));
        return file.Exists && file.Length <= MaxBytes ? File.ReadAllText(file.FullName) : null;
    }

    public IReadOnlyList<string> RootFiles { get; } =
        [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
}
