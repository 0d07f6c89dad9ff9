using System.Formats.Tar;
using Berth.Control.Disks;

namespace Berth.Control.Tests.Disks;

public sealed class BackupHeaderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_read_as_it_was_written_and_nothing_after_it()
    {
        var header = new BackupHeader(20, "xfs");
        using var stream = new MemoryStream([.. header.ToBytes(), 1, 2, 3]);

        Assert.Equal(header, await BackupHeader.ReadAsync(stream, Ct));
        Assert.Equal(1, stream.ReadByte());
    }

    [Fact]
    public async Task With_it_in_front_an_archive_is_still_a_tar()
    {
        using var archive = new MemoryStream();
        archive.Write(new BackupHeader(1, "ext4").ToBytes());
        await using (var tar = new TarWriter(archive, leaveOpen: true))
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "folder"), Ct);
        archive.Position = 0;

        using var reader = new TarReader(archive);
        Assert.IsType<PaxGlobalExtendedAttributesTarEntry>(await reader.GetNextEntryAsync(cancellationToken: Ct));
        Assert.Equal("folder", (await reader.GetNextEntryAsync(cancellationToken: Ct))!.Name.TrimEnd('/'));
    }

    [Fact]
    public async Task Any_other_beginning_is_none()
    {
        using var archive = new MemoryStream();
        await using (var tar = new TarWriter(archive, leaveOpen: true))
        {
            await tar.WriteEntryAsync(new PaxGlobalExtendedAttributesTarEntry(new Dictionary<string, string> { ["somebody"] = "else" }), Ct);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "folder"), Ct);
        }
        foreach (var bytes in new[] { [], new byte[100], new byte[5000], archive.ToArray(), new BackupHeader(1, "ext4").ToBytes()[..600] })
            Assert.Null(await BackupHeader.ReadAsync(new MemoryStream(bytes), Ct));
    }
}
