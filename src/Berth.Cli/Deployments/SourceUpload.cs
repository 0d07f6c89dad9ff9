using System.Formats.Tar;

namespace Berth.Cli.Deployments;

/// <summary>Writes what is sent with a deployment: a folder's source, or a Procfile alone.</summary>
internal static class SourceUpload
{
    /// <summary>Largest Procfile that is sent.</summary>
    public const int MaxProcfileBytes = 64 * 1024;

    public static Task WriteFolderAsync(string folder, Stream tar, CancellationToken ct) =>
        TarFile.CreateFromDirectoryAsync(folder, tar, includeBaseDirectory: false, ct);

    /// <exception cref="CliException">There is none, or it cannot be read.</exception>
    public static byte[] ReadProcfile(string path)
    {
        try
        {
            if (!File.Exists(path))
                throw CliException.Usage(CliMessages.NoSuchProcfile(path));
            if (new FileInfo(path).Length > MaxProcfileBytes)
                throw CliException.Usage(CliMessages.ProcfileTooLarge(path, MaxProcfileBytes));
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage(CliMessages.CannotRead(path, e.Message));
        }
    }

    public static async Task WriteProcfileAsync(byte[] procfile, Stream tar, CancellationToken ct)
    {
        var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true);
        await using var _ = writer.ConfigureAwait(false);
        var entry = new PaxTarEntry(TarEntryType.RegularFile, "Procfile") { DataStream = new MemoryStream(procfile) };
        await writer.WriteEntryAsync(entry, ct).ConfigureAwait(false);
    }
}
