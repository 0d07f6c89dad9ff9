using Berth.Testing;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>A folder that somebody deploys.</summary>
public sealed class SourceFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    /// <summary>A folder with these files, by relative path.</summary>
    public static SourceFolder With(params (string Path, string Text)[] files)
    {
        var folder = new SourceFolder();
        foreach (var (path, text) in files)
            folder.Write(path, text);
        return folder;
    }

    /// <summary>A copy of one of the repository's samples, to change something in it.</summary>
    public static SourceFolder CopyOf(params string[] sample)
    {
        var source = Sample(sample);
        var folder = new SourceFolder();
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            folder.Write(System.IO.Path.GetRelativePath(source, file), File.ReadAllText(file));
        return folder;
    }

    /// <summary>The path of a sample where it is.</summary>
    public static string Sample(params string[] sample) => System.IO.Path.Combine([RepositoryRoot.Find(), "samples", .. sample]);

    public void Write(string path, string text)
    {
        var file = _folder.File(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public void Dispose() => _folder.Dispose();
}
