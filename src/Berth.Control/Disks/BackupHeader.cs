using System.Formats.Tar;
using System.Globalization;
using System.Text;

namespace Berth.Control.Disks;

/// <summary>
/// What a backup says of its disk, in front of its files: a global header as tar has it, so that the whole is a tar archive for every other program. Those
/// ignore the words that they do not know.
/// </summary>
internal sealed record BackupHeader(int SizeGb, string FileSystem)
{
    private const string Size = "BERTH.size_gb";
    private const string Format = "BERTH.filesystem";
    private const int Block = 512;
    private const int EndOfArchive = 2 * Block;
    private const int MostBytes = 4096;

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
        {
            tar.WriteEntry(new PaxGlobalExtendedAttributesTarEntry(new Dictionary<string, string>
            {
                [Size] = SizeGb.ToString(CultureInfo.InvariantCulture),
                [Format] = FileSystem,
            }));
        }
        return bytes.ToArray()[..^EndOfArchive];
    }

    /// <summary>Reads it and nothing after it; null if the stream begins with something else.</summary>
    public static async Task<BackupHeader?> ReadAsync(Stream stream, CancellationToken ct)
    {
        var head = new byte[Block];
        if (await stream.ReadAtLeastAsync(head, Block, throwOnEndOfStream: false, ct) < Block || head[156] != (byte)'g')
            return null;
        if (!TryReadOctal(head.AsSpan(124, 12), out var length) || length is <= 0 or > MostBytes)
            return null;
        var body = new byte[(length + Block - 1) / Block * Block];
        if (await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, ct) < body.Length)
            return null;
        using var tar = new TarReader(new MemoryStream([.. head, .. body, .. new byte[EndOfArchive]]));
        return await tar.GetNextEntryAsync(copyData: false, ct) is PaxGlobalExtendedAttributesTarEntry { GlobalExtendedAttributes: var said }
            && said.TryGetValue(Size, out var size) && int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var sizeGb)
            && said.TryGetValue(Format, out var format)
            ? new(sizeGb, format)
            : null;
    }

    private static bool TryReadOctal(ReadOnlySpan<byte> field, out int value)
    {
        value = 0;
        foreach (var digit in Encoding.ASCII.GetString(field).Trim(' ', '\0'))
        {
            if (digit is < '0' or > '7' || value > MostBytes)
                return false;
            value = value * 8 + digit - '0';
        }
        return true;
    }
}
