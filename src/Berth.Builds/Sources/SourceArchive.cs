using System.Formats.Tar;
using Berth.Model;

namespace Berth.Builds.Sources;

/// <summary>
/// Unpacks an uploaded source, which may have been made to do harm. Nothing is written outside the folder, through a link, or past a limit; links are
/// made last, when it is known that all of them stay inside. On failure nothing is left behind. Everything belongs to the user of the server, with
/// modes 0755 and 0644.
/// </summary>
public sealed class SourceArchive
{
    private const int NoSpaceLeft = 28;
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>A tar header and its extended header for each entry, and the archive's end.</summary>
    private const long HeaderBytesPerEntry = 4096;

    private readonly string _directory;
    private readonly SourceLimits _limits;
    private readonly SourceLayout _layout;
    private long _bytes;
    private int _files;

    private SourceArchive(string directory, SourceLimits limits)
    {
        _directory = directory;
        _limits = limits;
        _layout = new SourceLayout(limits);
    }

    /// <param name="upload">A tar stream, plain or gzipped.</param>
    /// <param name="directory">Must not exist yet; its parent must.</param>
    /// <exception cref="IOException">The upload broke off, or the disk failed for another reason than being full.</exception>
    public static async Task<SourceResult> UnpackAsync(Stream upload, string directory, SourceLimits limits, CancellationToken ct)
    {
        if (Directory.Exists(directory))
            throw new ArgumentException($"{directory} exists already", nameof(directory));
        Directory.CreateDirectory(directory, Executable);
        var unpacking = new SourceArchive(directory, limits);
        bool done = false;
        try
        {
            var error = await unpacking.UnpackAsync(upload, ct);
            done = error is null;
            return new SourceResult { Error = error, Files = unpacking._files, Bytes = unpacking._bytes };
        }
        catch (IOException error) when ((error.HResult & 0xFFFF) == NoSpaceLeft)
        {
            return new SourceResult { Error = SourceMessages.DiskFull(directory) };
        }
        finally
        {
            if (!done)
                Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<Diagnostic?> UnpackAsync(Stream upload, CancellationToken ct)
    {
        try
        {
            var most = _limits.MaxBytes + (_limits.MaxEntries + 16) * HeaderBytesPerEntry;
            await using var archive = await ArchiveStream.OpenAsync(upload, most, ct);
            await using var tar = new TarReader(archive, leaveOpen: true);
            int entries = 0;
            while (await tar.GetNextEntryAsync(copyData: false, ct) is { } entry)
            {
                if (++entries > _limits.MaxEntries)
                    return SourceMessages.TooManyEntries(entry.Name, _limits.MaxEntries);
                if (await TakeAsync(entry, ct) is { } refused)
                    return refused;
            }
            if (entries == 0)
                return SourceMessages.NotAnArchive("it is empty");
        }
        // What a malformed header makes of the reader; a broken upload is another IOException and the caller's.
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return SourceMessages.NotAnArchive(error.Message.TrimEnd('.'));
        }
        return MakeLinks();
    }

    private async Task<Diagnostic?> TakeAsync(TarEntry entry, CancellationToken ct)
    {
        if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
            return null;
        if (_layout.CheckName(entry.Name, out var path) is { } badName)
            return badName;
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                return path.Length == 0 ? null : TakeFolder(path);
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                return await TakeFileAsync(entry, path, ct);
            case TarEntryType.SymbolicLink:
                return path.Length == 0 ? SourceMessages.BadName(entry.Name, "has no name") : _layout.AddLink(path, entry.LinkName);
            case TarEntryType.HardLink:
                return await TakeHardLinkAsync(entry, path, ct);
            default:
                return SourceMessages.NotAFile(entry.Name, NameOf(entry.EntryType));
        }
    }

    private Diagnostic? TakeFolder(string path)
    {
        if (_layout.AddFolder(path) is { } problem)
            return problem;
        Directory.CreateDirectory(OnDisk(path), Executable);
        return null;
    }

    private async Task<Diagnostic?> TakeFileAsync(TarEntry entry, string path, CancellationToken ct)
    {
        if (path.Length == 0)
            return SourceMessages.BadName(entry.Name, "has no name");
        if (_layout.AddFile(path) is { } problem)
            return problem;
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return await WriteAsync(entry.DataStream ?? Stream.Null, entry.Name, path, (entry.Mode & execute) != 0, entry.ModificationTime, ct);
    }

    private async Task<Diagnostic?> TakeHardLinkAsync(TarEntry entry, string path, CancellationToken ct)
    {
        if (_layout.CheckName(entry.LinkName, out var target) is not null)
            return SourceMessages.LinkOutside(entry.Name, entry.LinkName);
        if (path.Length == 0 || !_layout.IsFile(target))
            return SourceMessages.HardLinkMissing(entry.Name, entry.LinkName);
        if (_layout.AddFile(path) is { } problem)
            return problem;
        // A copy: two names for one file would make a later change of the one a change of the other.
        await using var original = File.OpenRead(OnDisk(target));
        bool executable = (File.GetUnixFileMode(OnDisk(target)) & UnixFileMode.UserExecute) != 0;
        return await WriteAsync(original, entry.Name, path, executable, entry.ModificationTime, ct);
    }

    private async Task<Diagnostic?> WriteAsync(Stream content, string name, string path, bool executable, DateTimeOffset modifiedAt, CancellationToken ct)
    {
        var full = OnDisk(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!, Executable);
        var create = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = executable ? Executable : Plain,
        };
        await using (var file = new FileStream(full, create))
        {
            var buffer = new byte[64 * 1024];
            int read;
            while ((read = await content.ReadAsync(buffer, ct)) > 0)
            {
                _bytes += read;
                if (_bytes > _limits.MaxBytes)
                    return SourceMessages.TooLarge(name, _limits.MaxBytes);
                await file.WriteAsync(buffer.AsMemory(0, read), ct);
            }
        }
        File.SetLastWriteTimeUtc(full, modifiedAt.UtcDateTime);
        _files++;
        return null;
    }

    private Diagnostic? MakeLinks()
    {
        if (_layout.CheckLinks() is { } outside)
            return outside;
        foreach (var (path, target) in _layout.Links)
        {
            var full = OnDisk(path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!, Executable);
            File.CreateSymbolicLink(full, target);
            _files++;
        }
        return null;
    }

    private string OnDisk(string path) => Path.Combine(_directory, path);

    private static string NameOf(TarEntryType type) => type switch
    {
        TarEntryType.CharacterDevice or TarEntryType.BlockDevice => "device",
        TarEntryType.Fifo => "named pipe",
        _ => $"tar entry of type '{(char)type}'",
    };
}
