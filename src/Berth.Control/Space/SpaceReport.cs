using Berth.Builds.Stacks;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Space;

/// <summary>What one app takes, in bytes.</summary>
/// <param name="Images">In layers that no other image has.</param>
/// <param name="Sandboxes">What its sandboxes have written into themselves.</param>
/// <param name="Git">What was pushed by git.</param>
/// <param name="Releases">What its deployments printed.</param>
public sealed record AppUse(string App, long Images, long Sandboxes, long Logs, long Git, long Releases);

/// <summary>What Berth takes of the disks, in bytes; each is counted once.</summary>
public sealed record SpaceUse
{
    public required IReadOnlyList<AppUse> Apps { get; init; }

    /// <summary>Of base images, in layers that no other image has.</summary>
    public required long Stacks { get; init; }

    /// <summary>Layers that several images have, and those of images that are not Berth's.</summary>
    public required long OtherLayers { get; init; }

    public required long BuildCache { get; init; }

    /// <summary>Sources that are being received or built.</summary>
    public required long Sources { get; init; }

    /// <summary>What Berth knows: its state file and the router's.</summary>
    public required long State { get; init; }

    /// <summary>Left on the disk of the state folder.</summary>
    public required long Free { get; init; }
}

/// <summary>Accounts for every byte by app.</summary>
public sealed class SpaceReport
{
    private readonly Stores _stores;
    private readonly IImageStore _images;
    private readonly DiskSpace _disk;
    private readonly ControlOptions _options;

    internal SpaceReport(Stores stores, IImageStore images, DiskSpace disk, ControlOptions options) => (_stores, _images, _disk, _options) = (stores, images, disk, options);

    public async Task<SpaceUse> MakeAsync(CancellationToken ct)
    {
        var engine = await _images.UsageAsync(ct);
        var apps = _stores.Apps.List().Select(a => AppUse(a.Name, engine)).ToList();
        var stacks = engine.Images.Where(i => i.App is null && i.Tags.Any(StackImages.IsStack)).Sum(i => i.UniqueBytes);
        return new()
        {
            Apps = apps,
            Stacks = stacks,
            OtherLayers = Math.Max(0, engine.LayerBytes - stacks - apps.Sum(a => a.Images)),
            BuildCache = engine.CacheBytes,
            Sources = FolderSize.Of(_options.BuildsFolder),
            State = FolderSize.Of(_options.RouterFolder) + new DirectoryInfo(_options.StateFolder).EnumerateFiles("*").Sum(FolderSize.Of),
            Free = _disk.FreeBytes,
        };
    }

    private AppUse AppUse(string app, EngineUsage engine) => new(
        app,
        engine.Images.Where(i => i.App == app).Sum(i => i.UniqueBytes),
        engine.SandboxBytes.GetValueOrDefault(app),
        FolderSize.Of(Path.Combine(_options.LogsFolder, app)),
        FolderSize.Of(_options.RepositoryOf(app)),
        _stores.Deployments.List(app, int.MaxValue).Sum(d => FolderSize.Of(new FileInfo(Path.Combine(_options.DeploymentsFolder, d.Id + ".ndjson")))));
}
