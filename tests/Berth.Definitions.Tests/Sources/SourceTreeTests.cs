using System.Diagnostics;
using System.Formats.Tar;
using Berth.Definitions.Sources;
using Berth.Testing;

namespace Berth.Definitions.Tests.Sources;

public sealed class SourceTreeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Git_itself_leaves_out_the_same_files()
    {
        Write(".gitignore", "*.log\n!keep.log\n/build/\nnode_modules/\n**/cache/**\n!cache/keep\ndoc/*.txt\n[Tt]emp?\n");
        Write("app/.gitignore", "!debug.log\n/local\nkeep.log\n");
        foreach (var path in (string[])
            ["a.log", "keep.log", "build/x", "app/build/x", "node_modules/a/b.js", "app/node_modules/c.js", "cache/keep", "app/cache/x/y", "doc/a.txt", "doc/deep/a.txt",
             "temp1", "Temp", "app/debug.log", "app/other.log", "app/local", "app/deep/local", "app/keep.log", "app/deep/keep.log", "src/main.c"])
            Write(path, "");
        Assert.SkipUnless(File.Exists("/usr/bin/git"), "git is not installed: nothing to compare with");
        Git("init", "-q");

        var ours = Files(new SourceSelection { UseGitIgnore = true });

        var theirs = Git("ls-files", "--others", "--exclude-standard").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(theirs.Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Git_s_own_folder_is_never_listed_also_when_asked_for()
    {
        Write(".git/config", "");
        Write("module/.git", "gitdir: elsewhere");
        Write("module/a", "");

        Assert.Equal(["module/a"], Files(new SourceSelection { Include = [".git/", "*"] }));
    }

    [Fact]
    public void Included_patterns_reach_into_ignored_folders()
    {
        Write(".gitignore", "dist/\n");
        Write(".dockerignore", "**/*.map\n");
        Write("dist/app.js", "");
        Write("dist/app.js.map", "");
        Write("dist/other.css", "");

        Assert.Equal([".dockerignore", ".gitignore", "dist/app.js", "dist/app.js.map"], Files(new SourceSelection { UseGitIgnore = true, Include = ["dist/app.*"] }));
    }

    [Fact]
    public void Dockerignore_brings_back_what_is_in_an_ignored_folder()
    {
        Write(".dockerignore", "*\n!src/keep\n");
        Write("src/keep/a", "");
        Write("src/other", "");

        Assert.Equal(["src/keep/a"], Files(new SourceSelection()));
    }

    [Fact]
    public void Links_are_listed_and_not_followed_and_pipes_are_told_apart()
    {
        Write("real/a", "");
        File.CreateSymbolicLink(_folder.File("link"), "real");
        File.CreateSymbolicLink(_folder.File("loop"), ".");
        Run("mkfifo", _folder.File("pipe"));

        var entries = SourceTree.Walk(_folder.Path, new SourceSelection()).Select(entry => (entry.Path, entry.Kind, entry.LinkTarget));

        Assert.Equal(
            [("link", SourceEntryKind.Link, "real"), ("loop", SourceEntryKind.Link, "."), ("pipe", SourceEntryKind.Special, null), ("real", SourceEntryKind.Folder, null), ("real/a", SourceEntryKind.File, null)],
            entries);
    }

    [Fact]
    public async Task A_file_that_grows_meanwhile_is_packed_as_long_as_it_was()
    {
        var ct = TestContext.Current.CancellationToken;
        Write("a.log", "12345");
        Write("b", "after");
        var entries = SourceTree.Walk(_folder.Path, new SourceSelection()).ToList();
        File.AppendAllText(_folder.File("a.log"), "67890");
        var packed = new MemoryStream();

        await using (var tar = new SourceTarWriter(packed))
        {
            foreach (var entry in entries)
                await tar.WriteAsync(entry, entry.Path, ct);
        }

        packed.Position = 0;
        using var reader = new TarReader(packed);
        Assert.Equal(("a.log", 5L), (reader.GetNextEntry()!.Name, reader.GetNextEntry()!.Length));
    }

    private IEnumerable<string> Files(SourceSelection selection) =>
        SourceTree.Walk(_folder.Path, selection).Where(entry => entry.Kind != SourceEntryKind.Folder).Select(entry => entry.Path);

    private void Write(string path, string text)
    {
        var full = _folder.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private string Git(params string[] arguments) => Run("git", ["-C", _folder.Path, "-c", "core.excludesFile=", .. arguments]);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
