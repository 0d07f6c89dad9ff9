using Berth.Control.Operations;
using Berth.Model;

namespace Berth.Control.Space;

/// <summary>Whether there is room for a deployment, on the disk of the state folder and on the engine's. What would run out half way is refused before it begins.</summary>
internal sealed class DiskSpace(IImageStore images, ControlOptions options)
{
    /// <summary>A source is unpacked, sent to the engine and becomes a layer.</summary>
    private const int CopiesOfSource = 3;

    private string? _engineFolder;

    /// <summary>Bytes that are free where state is kept.</summary>
    public long FreeBytes => new DriveInfo(options.StateFolder).AvailableFreeSpace;

    /// <summary>Asks the engine where its data is. One that keeps it elsewhere than on this machine is not watched.</summary>
    public async Task FindEngineAsync(CancellationToken ct) => _engineFolder = await images.DataFolderAsync(ct) is { } folder && Directory.Exists(folder) ? folder : null;

    /// <summary>Null if there is room.</summary>
    /// <param name="sourceBytes">Of the source's tar; 0: nothing is built.</param>
    public OperationError? Problem(long sourceBytes)
    {
        var needed = options.DiskReserveBytes + CopiesOfSource * sourceBytes;
        foreach (var folder in new[] { options.StateFolder, _engineFolder }.OfType<string>())
        {
            var free = new DriveInfo(folder).AvailableFreeSpace;
            if (free < needed)
                return OperationErrors.NoSpace(folder, free, needed);
        }
        return null;
    }
}
