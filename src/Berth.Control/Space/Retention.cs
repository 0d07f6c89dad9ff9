using System.Collections.Concurrent;
using Berth.Builds.Stacks;
using Berth.Control.Deployments;
using Berth.Control.Reconciling;
using Berth.Control.Store;
using Berth.Model;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Space;

/// <summary>
/// Removes what nobody can come back to any more: releases and deployments beyond those that are kept, images that no kept release runs, stacks that a newer recipe has
/// replaced. Only what carries this Berth's mark, or is a stack, is ever touched. Apps are looked at after a deployment of theirs, and all at a start.
/// </summary>
internal sealed partial class Retention(Stores stores, IEngine engine, IImageStore images, DeploymentLog deployments, ControlOptions options, TimeProvider time, ILogger<Retention> log)
{
    private readonly ConcurrentDictionary<string, bool> _due = new(StringComparer.Ordinal);

    /// <summary>As it was last looked up in this run: reading all releases for each app would take seconds where there are hundreds.</summary>
    private HashSet<string>? _used;

    /// <summary>The app has something new; the next run looks at it.</summary>
    public void Mark(string app) => _due[app] = true;

    public async Task RunAsync(CancellationToken ct)
    {
        if (_due.IsEmpty)
            return;
        _used = null;
        foreach (var app in _due.Keys)
        {
            _due.TryRemove(app, out _);
            var done = false;
            try
            {
                // A deployment under way may be about to use what looks unused: its app is looked at when it has ended.
                done = !IsDeploying(app) && await PruneAsync(app, ct);
            }
            finally
            {
                if (!done)
                    Mark(app);
            }
        }
        await PruneStacksAsync(ct);
    }

    /// <summary>False if it was left for later.</summary>
    private async Task<bool> PruneAsync(string app, CancellationToken ct)
    {
        if (stores.Apps.Find(app) is not { Deleting: false } record)
            return true;
        var sandboxes = await engine.ListSandboxesAsync(app, ct);
        var releases = stores.Releases.List(app);
        var beside = BesideRelease.Of(stores, record).Select(b => b.Release.Id).ToHashSet(StringComparer.Ordinal);
        var kept = releases.Where((release, index) => index < options.ReleasesKept || release.Id == record.ActiveRelease || beside.Contains(release.Id) || sandboxes.Any(s => s.ReleaseId == release.Id)).ToList();
        if (releases.FirstOrDefault(r => r.Id != record.ActiveRelease && stores.Deployments.DeployedAt(r.Id) is not null) is { } before && !kept.Contains(before))
            kept.Add(before);
        var pools = kept.SelectMany(r => r.Services).Select(s => s.PoolId).Concat(sandboxes.Select(s => s.PoolId)).ToHashSet(StringComparer.Ordinal);
        foreach (var release in releases.Except(kept))
        {
            stores.Releases.Remove(release, pools);
            _used = null;
            LogReleaseRemoved(app, release.Label);
        }
        foreach (var deployment in stores.Deployments.Prune(app, options.DeploymentsKept, kept.Select(r => r.Id).ToHashSet(StringComparer.Ordinal)))
            deployments.Delete(deployment);
        return await PruneImagesAsync(app, ct);
    }

    private async Task<bool> PruneImagesAsync(string app, CancellationToken ct)
    {
        var unused = await UnusedAsync(app, _used ??= stores.ImagesInUse(), ct);
        // Another app may have come to use one meanwhile.
        foreach (var image in unused.Count == 0 ? unused : await UnusedAsync(app, _used = stores.ImagesInUse(), ct))
        {
            foreach (var reference in image.Tags.DefaultIfEmpty(image.Id))
            {
                if (IsDeploying(app))
                    return false;
                if (await images.RemoveImageAsync(reference, ct))
                    LogImageRemoved(reference, app);
            }
        }
        return true;
    }

    private async Task<List<ImageInfo>> UnusedAsync(string app, HashSet<string> used, CancellationToken ct) => [.. (await images.ListImagesAsync(app, ct)).Where(i => !used.Contains(i.Id))];

    /// <summary>Layers that images are built on stay with them; only the name goes until the last of them is removed.</summary>
    private async Task PruneStacksAsync(CancellationToken ct)
    {
        var latest = time.GetUtcNow() - options.OldStackAge;
        foreach (var stack in (await images.UsageAsync(ct)).Images.Where(i => i.CreatedAt < latest && i.Tags.Count > 0 && i.Tags.All(StackImages.IsStack) && !i.Tags.Any(t => t.EndsWith(":latest", StringComparison.Ordinal))))
        {
            foreach (var tag in stack.Tags)
            {
                if (await images.RemoveImageAsync(tag, ct))
                    LogStackRemoved(tag);
            }
        }
    }

    private bool IsDeploying(string app) => stores.Deployments.ListRunning().Any(d => d.App == app);

    [LoggerMessage(LogLevel.Information, "Release {Release} of {App} is removed: newer ones have taken its place")]
    private partial void LogReleaseRemoved(string app, string release);

    [LoggerMessage(LogLevel.Information, "Image {Image} is removed: no release of {App} needs it any more")]
    private partial void LogImageRemoved(string image, string app);

    [LoggerMessage(LogLevel.Information, "Stack {Stack} is removed: a newer one has taken its place")]
    private partial void LogStackRemoved(string stack);
}
