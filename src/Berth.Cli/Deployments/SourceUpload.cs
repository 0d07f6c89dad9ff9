using Berth.Cli.Settings;
using Berth.Cli.Sources;
using Berth.Definitions.CfManifest;
using Berth.Definitions.Sources;
using Berth.Model;

namespace Berth.Cli.Deployments;

/// <summary>Writes what is sent with a deployment: a folder's source, or files that are made up.</summary>
internal static class SourceUpload
{
    /// <summary>Largest Procfile that is sent.</summary>
    public const int MaxProcfileBytes = 64 * 1024;

    /// <param name="build">What its app.toml says of the build: files that are sent although ignored.</param>
    /// <param name="definition">What goes with it; null: the folder defines its app itself.</param>
    /// <exception cref="CliException">The folder cannot be sent as it is.</exception>
    public static async Task WriteFolderAsync(string folder, BuildDefinition build, PushedDefinition? definition, Stream tar, CancellationToken ct)
    {
        IReadOnlyList<string> include = build.Dockerfile is { } dockerfile ? [.. build.Include, "/" + dockerfile] : build.Include;
        var result = await SourcePacker.PackAsync(folder, include, tar, new SourceLimits(), ct, [.. definition?.ToFiles() ?? []]).ConfigureAwait(false);
        if (result.Error is { } error)
            throw new CliException(ExitCodes.Failed, CliMessages.NotPacked(folder)) { Diagnostics = [AppFiles.ToInfo(error)] };
    }

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

    public static async Task WriteFilesAsync(IEnumerable<(string Path, byte[] Bytes)> files, Stream tar, CancellationToken ct)
    {
        var writer = new SourceTarWriter(tar);
        await using var _ = writer.ConfigureAwait(false);
        foreach (var (path, bytes) in files)
            await writer.WriteAsync(path, bytes, ct).ConfigureAwait(false);
    }
}
