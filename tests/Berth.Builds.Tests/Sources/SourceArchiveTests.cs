using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Berth.Builds.Sources;
using Berth.Testing;

namespace Berth.Builds.Tests.Sources;

public sealed class SourceArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Target => _folder.File("source");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_plain_or_gzipped_archive_is_unpacked(bool gzip)
    {
        var archive = Tar(
            Folder("./"), Folder("./sub/"), File("./sub/a.txt", "hello"), File("run.sh", "#!", executable: true),
            Link("sub/up", "../run.sh"), HardLink("copy.txt", "sub/a.txt"), File("deep/er/é.txt", "x"), Folder("deep/"));

        var result = await UnpackAsync(gzip ? Gzip(archive) : archive);

        Assert.Null(result.Error);
        Assert.Equal((5, 13L), (result.Files, result.Bytes));
        Assert.Equal("hello", Read("sub/a.txt"));
        Assert.Equal("hello", Read("copy.txt"));
        Assert.Equal("#!", Read("sub/up"));
        Assert.Equal("x", Read("deep/er/é.txt"));
        Assert.Equal((UnixFileMode)0b111_101_101, Mode("run.sh") | (UnixFileMode)0b000_101_101);
        Assert.False(Mode("sub/a.txt").HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task Dangerous_mode_bits_do_not_come_through()
    {
        var entry = File("su", "x");
        entry.Mode = (UnixFileMode)0xFFF;

        await UnpackAsync(Tar(entry));

        Assert.Equal(0, (int)Mode("su") & ~0b111_101_101);
    }

    [Theory]
    [InlineData("../evil", "source-bad-path")]
    [InlineData("a/../../evil", "source-bad-path")]
    [InlineData("a/..", "source-bad-path")]
    [InlineData("/etc/evil", "source-bad-path")]
    [InlineData("//evil", "source-bad-path")]
    public async Task A_name_that_leads_out_is_refused(string name, string code) =>
        await RefusesAsync(code, name, Tar(File("first", "x"), File(name, "x")));

    [Fact]
    public async Task A_nul_in_a_name_is_refused()
    {
        // A name this long stands in an extended header, which no checksum covers.
        var archive = Tar(File("safe_" + new string('x', 120), "x"));
        archive[archive.AsSpan().IndexOf(" path=safe_"u8) + " path=safe".Length] = 0;

        await RefusesAsync("source-bad-path", "has a NUL", archive);
    }

    [Fact]
    public async Task Too_long_a_name_is_refused() =>
        await RefusesAsync("source-bad-path", "more than 255 bytes", Tar(File(new string('n', 256), "x")));

    [Fact]
    public async Task Too_long_a_path_is_refused() =>
        await RefusesAsync("source-bad-path", "more than 1024 bytes", Tar(File(string.Concat(Enumerable.Repeat("folder/", 150)) + "x", "x")));

    [Theory]
    [InlineData("link", "/etc/passwd")]
    [InlineData("link", "../outside")]
    [InlineData("a/link", "../../outside")]
    [InlineData("a/link", "b/../../../outside")]
    public async Task A_symbolic_link_that_points_out_is_refused(string name, string target) =>
        await RefusesAsync("source-link-outside", target, Tar(File("first", "x"), Link(name, target)));

    [Fact]
    public async Task Links_that_lead_out_only_together_are_refused() =>
        // By its text, a/b/link ends inside; but a/b/up is the root, and what is above that is outside.
        await RefusesAsync("source-link-outside", "a/b/link", Tar(Folder("a/b/"), Link("a/b/up", "../.."), Link("a/b/link", "up/../secret")));

    [Fact]
    public async Task A_link_through_another_that_stays_inside_is_kept()
    {
        var result = await UnpackAsync(Tar(File("real/file", "x"), Link("current", "real"), Link("link", "current/../current/file"), Link("dangling", "nowhere/yet")));

        Assert.Null(result.Error);
        Assert.Equal("x", Read("link"));
        Assert.Equal("nowhere/yet", new FileInfo(Path.Combine(Target, "dangling")).LinkTarget);
    }

    [Fact]
    public async Task Links_in_a_circle_are_refused() =>
        await RefusesAsync("source-bad-link", "after 40 links", Tar(Link("a", "b"), Link("b", "a")));

    [Fact]
    public async Task Nothing_is_written_through_a_link()
    {
        var outside = Directory.CreateDirectory(_folder.File("outside")).FullName;

        await RefusesAsync("source-path-through-link", "lies behind", Tar(Link("door", "inside"), File("door/file", "x")));

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Theory]
    [InlineData("door", "door")]
    [InlineData("door", "./door")]
    [InlineData("door", "door/")]
    public async Task A_path_that_changes_its_nature_is_refused(string link, string again) =>
        await RefusesAsync("source-duplicate-path", "twice", Tar(Link(link, "inside"), again.EndsWith('/') ? Folder(again) : File(again, "x")));

    [Fact]
    public async Task A_file_that_comes_twice_is_refused() =>
        await RefusesAsync("source-duplicate-path", "\"a\"", Tar(File("a", "1"), File("a", "2")));

    [Fact]
    public async Task A_file_below_a_file_is_refused() =>
        await RefusesAsync("source-path-through-link", "\"a\"", Tar(File("a", "1"), File("a/b", "2")));

    [Theory]
    [InlineData("../outside", "source-link-outside")]
    [InlineData("/etc/passwd", "source-link-outside")]
    [InlineData("later", "source-bad-link")]
    [InlineData("link", "source-bad-link")]
    public async Task A_hard_link_to_anything_but_an_earlier_file_is_refused(string target, string code) =>
        await RefusesAsync(code, "hard", Tar(Link("link", "x"), HardLink("hard", target), File("later", "x")));

    [Theory]
    [InlineData(TarEntryType.CharacterDevice, "device")]
    [InlineData(TarEntryType.BlockDevice, "device")]
    [InlineData(TarEntryType.Fifo, "named pipe")]
    public async Task Devices_and_pipes_are_refused(TarEntryType type, string kind) =>
        await RefusesAsync("source-special-file", kind, Tar(new PaxTarEntry(type, "special")));

    [Fact]
    public async Task Too_many_entries_are_refused() =>
        await RefusesAsync("source-too-many-files", "more than 5", Tar([.. Enumerable.Range(0, 6).Select(i => File($"f{i}", ""))]), new SourceLimits { MaxEntries = 5 });

    [Fact]
    public async Task Folders_that_are_only_implied_count_as_entries() =>
        await RefusesAsync("source-too-many-files", "more than 5", Tar(File("a/b/c/d/e/f", "")), new SourceLimits { MaxEntries = 5 });

    [Fact]
    public async Task A_zip_bomb_ends_at_the_limit()
    {
        var bomb = Gzip(Tar(File("zeros", new string('\0', 8 * 1024 * 1024))));
        Assert.True(bomb.Length < 64 * 1024);

        await RefusesAsync("source-too-large", "\"zeros\"", bomb, new SourceLimits { MaxBytes = 1024 * 1024 });
    }

    [Fact]
    public async Task Hard_links_count_as_the_copies_they_become() =>
        await RefusesAsync("source-too-large", "copy9", Tar([File("a", new string('x', 100)), .. Enumerable.Range(1, 9).Select(i => HardLink($"copy{i}", "a"))]), new SourceLimits { MaxBytes = 999 });

    [Fact]
    public async Task A_header_that_claims_to_be_huge_is_refused()
    {
        var header = Tar(Pax("a", ("comment", new string('x', 2 * 1024 * 1024))));

        await RefusesAsync("source-bad-archive", "a header of", Gzip(header));
    }

    [Fact]
    public async Task What_is_no_archive_is_refused()
    {
        await RefusesAsync("source-bad-archive", "no readable tar", Encoding.UTF8.GetBytes(new string('?', 2048)));
        await RefusesAsync("source-bad-archive", "no readable tar", []);
        await RefusesAsync("source-bad-archive", "it is empty", new byte[1024]);
        await RefusesAsync("source-bad-archive", "no readable tar", [0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }

    [Fact]
    public async Task An_archive_that_breaks_off_is_refused() =>
        await RefusesAsync("source-bad-archive", "no readable tar", Tar(File("a", new string('x', 5000)))[..2000]);

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing_behind()
    {
        await using var upload = new BrokenStream(Tar(File("a", "x"), File("b", new string('x', 100_000)))[..20_000]);

        await Assert.ThrowsAsync<IOException>(() => SourceArchive.UnpackAsync(upload, Target, new SourceLimits(), Ct));

        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public async Task Control_characters_of_a_name_do_not_reach_the_terminal()
    {
        var result = await UnpackAsync(Tar(File("../\u001b[2Jevil", "x")));

        Assert.DoesNotContain('\u001b', result.Error!.Message);
    }

    private async Task RefusesAsync(string code, string named, byte[] archive, SourceLimits? limits = null)
    {
        var result = await UnpackAsync(archive, limits);

        Assert.Equal(code, result.Error?.Code);
        Assert.Contains(named, result.Error!.Message);
        Assert.NotNull(result.Error.Hint);
        Assert.False(Directory.Exists(Target), "something was left behind");
    }

    private Task<SourceResult> UnpackAsync(byte[] archive, SourceLimits? limits = null) =>
        SourceArchive.UnpackAsync(new MemoryStream(archive), Target, limits ?? new SourceLimits(), Ct);

    private string Read(string path) => System.IO.File.ReadAllText(Path.Combine(Target, path));

    private UnixFileMode Mode(string path) => System.IO.File.GetUnixFileMode(Path.Combine(Target, path));

    private static byte[] Tar(params PaxTarEntry[] entries)
    {
        var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, leaveOpen: true))
        {
            foreach (var entry in entries)
                tar.WriteEntry(entry);
        }
        return archive.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal))
            gzip.Write(content);
        return zipped.ToArray();
    }

    private static PaxTarEntry Folder(string name) => new(TarEntryType.Directory, name);

    private static PaxTarEntry File(string name, string text, bool executable = false) => new(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
        Mode = executable ? (UnixFileMode)0b111_101_101 : (UnixFileMode)0b110_100_100,
    };

    private static PaxTarEntry Link(string name, string target) => new(TarEntryType.SymbolicLink, name) { LinkName = target };

    private static PaxTarEntry HardLink(string name, string target) => new(TarEntryType.HardLink, name) { LinkName = target };

    private static PaxTarEntry Pax(string name, params (string Key, string Value)[] attributes) =>
        new(TarEntryType.RegularFile, name, attributes.Select(item => KeyValuePair.Create(item.Key, item.Value)));

    /// <summary>Fails where a client that went away would.</summary>
    private sealed class BrokenStream(byte[] content) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("the client went away");
    }
}
