using Berth.Testing;

namespace Berth.Builds.Tests;

/// <summary>A source of a test's own, made of texts.</summary>
internal sealed class SourceFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SourceFolder(params (string Path, string Text)[] files)
    {
        foreach (var (path, text) in files)
            Write(path, text);
    }

    public string Path => _folder.Path;

    public void Write(string path, string text)
    {
        var full = _folder.File(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public void Dispose() => _folder.Dispose();
}
