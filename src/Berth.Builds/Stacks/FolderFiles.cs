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

    public IReadOnlyList<string> FilesIn(string folder) => Names(folder, Directory.EnumerateFiles);

    public IReadOnlyList<string> FoldersIn(string folder) => [.. Names(folder, Directory.EnumerateDirectories).Where(name => name[0] != '.')];

    private IReadOnlyList<string> Names(string folder, Func<string, IEnumerable<string>> list)
    {
        var path = Path.Combine(directory, folder);
        return Directory.Exists(path) ? [.. list(path).Select(found => Path.GetFileName(found)).Order(StringComparer.Ordinal)] : [];
    }
}
