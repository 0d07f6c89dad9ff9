using System.Formats.Tar;
using System.Net.Sockets;
using Berth.Cli.Sources;
using Berth.Testing;

namespace Berth.Cli.Tests.Sources;

public sealed class SourcePackerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_the_ignore_files_leave_is_sent_and_git_never()
    {
        Write(".git/HEAD", "ref");
        Write(".gitignore", "secret.env\n");
        Write(".dockerignore", "docs\n");
        Write("secret.env", "x");
        Write("docs/a", "x");
        Write("app.py", "x");

        var (result, names) = await PackAsync();

        Assert.Null(result.Error);
        Assert.Equal([".dockerignore", ".gitignore", "app.py"], names);
        Assert.Equal(3, result.Files);
    }

    [Fact]
    public async Task The_files_that_say_what_the_app_is_are_always_sent()
    {
        Write(".gitignore", "*\n");
        Write(".dockerignore", "**\n");
        foreach (var path in (string[])["Dockerfile", "Procfile", "manifest.yml", ".berth/app.toml", ".miren/app.toml", "app.py", "sub/Procfile"])
            Write(path, "x");

        var (_, names) = await PackAsync();

        Assert.Equal([".berth/", ".berth/app.toml", ".dockerignore", ".miren/", ".miren/app.toml", "Dockerfile", "Procfile", "manifest.yml"], names);
    }

    [Fact]
    public async Task Included_patterns_are_sent_although_ignored()
    {
        Write(".gitignore", "dist/\n");
        Write("dist/app.js", "x");

        var (_, names) = await PackAsync("dist/**");

        Assert.Contains("dist/app.js", names);
    }

    [Fact]
    public async Task Execute_bits_links_and_times_are_kept()
    {
        Write("run.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(_folder.File("run.sh"), (UnixFileMode)0b111_000_000);
        File.SetLastWriteTimeUtc(_folder.File("run.sh"), new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        File.CreateSymbolicLink(_folder.File("start"), "run.sh");
        using var packed = new MemoryStream();

        await SourcePacker.PackAsync(_folder.Path, [], packed, new SourceLimits(), Ct);

        packed.Position = 0;
        using var tar = new TarReader(packed);
        var script = tar.GetNextEntry(copyData: true)!;
        Assert.Equal((UnixFileMode)0b111_101_101, script.Mode);
        Assert.Equal(new DateTimeOffset(2020, 2, 3, 4, 5, 6, TimeSpan.Zero), script.ModificationTime);
        Assert.Equal((0, 0), (script.Uid, script.Gid));
        Assert.Equal((TarEntryType.SymbolicLink, "run.sh"), (tar.GetNextEntry() is { } link) ? (link.EntryType, link.LinkName) : default);
    }

    [Fact]
    public async Task The_same_source_packs_to_the_same_bytes()
    {
        foreach (var path in (string[])["b/z", "b/a", "a", "é", "B"])
            Write(path, path);
        using var first = new MemoryStream();
        using var second = new MemoryStream();

        await SourcePacker.PackAsync(_folder.Path, [], first, new SourceLimits(), Ct);
        await SourcePacker.PackAsync(_folder.Path, [], second, new SourceLimits(), Ct);

        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Fact]
    public async Task Too_large_a_source_is_refused_before_a_byte_is_sent_and_the_largest_folders_named()
    {
        Write("data/big.bin", new string('x', 4000));
        Write("media/b", new string('x', 2000));
        Write("a.py", "x");
        using var packed = new MemoryStream();

        var result = await SourcePacker.PackAsync(_folder.Path, [], packed, new SourceLimits { MaxBytes = 5000 }, Ct);

        Assert.Equal("source-too-large", result.Error?.Code);
        Assert.Contains("data/ (3.9 KB), media/ (2 KB), a.py (1 B)", result.Error!.Message);
        Assert.Equal(0, packed.Length);
    }

    [Fact]
    public async Task Too_many_files_are_refused_with_the_fullest_folders()
    {
        for (int i = 0; i < 9; i++)
            Write($"many/{i}", "");

        var result = await SourcePacker.PackAsync(_folder.Path, [], Stream.Null, new SourceLimits { MaxEntries = 5 }, Ct);

        Assert.Equal("source-too-many-files", result.Error?.Code);
        Assert.Contains("many/ (9), many (1)", result.Error!.Message);
    }

    [Fact]
    public async Task A_socket_is_named_and_not_read()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.File("app.sock")));

        var (result, names) = await PackAsync();

        Assert.Equal(("source-special-file", "app.sock"), (result.Error?.Code, result.Error?.File));
        Assert.Empty(names);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("sub/../../outside")]
    public async Task A_link_that_points_out_is_named(string target)
    {
        File.CreateSymbolicLink(_folder.File("link"), target);

        var (result, _) = await PackAsync();

        Assert.Equal("source-link-outside", result.Error?.Code);
        Assert.Contains(target, result.Error!.Message);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        var result = await SourcePacker.PackAsync(_folder.File("nowhere"), [], Stream.Null, new SourceLimits(), Ct);

        Assert.Equal("source-missing", result.Error?.Code);
    }

    private async Task<(PackResult Result, IReadOnlyList<string> Names)> PackAsync(params string[] include)
    {
        using var packed = new MemoryStream();
        var result = await SourcePacker.PackAsync(_folder.Path, include, packed, new SourceLimits(), Ct);
        packed.Position = 0;
        var names = new List<string>();
        if (packed.Length > 0)
        {
            using var tar = new TarReader(packed);
            while (tar.GetNextEntry() is { } entry)
                names.Add(entry.Name);
        }
        return (result, names);
    }

    private void Write(string path, string text)
    {
        var full = _folder.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
