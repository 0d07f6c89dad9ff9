using Berth.Control.Autoscaling;
using Berth.Control.Deployments;
using Berth.Control.Logs;
using Berth.Control.Routing;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Reconciling;

/// <summary>Takes a deleted app apart: routes, sandboxes, network, images, git repository, logs, and last its record, so that a kill in between only delays it.</summary>
internal sealed class AppRemoval(Stores stores, IEngine engine, IImageStore images, SandboxActions actions, RoutePublisher publisher, DemandBook demand, LogStore logs, DeploymentLog deploymentLog, ControlOptions options)
{
    /// <summary>True once nothing is left.</summary>
    public async Task<bool> ContinueAsync(AppRecord app, IReadOnlyList<SandboxStatus> running, CancellationToken ct)
    {
        publisher.RemoveApp(app.Name);
        await publisher.PublishAsync(ct);
        foreach (var sandbox in running)
            actions.Stop(sandbox);
        if (running.Count > 0 || actions.Of(app.Name).Count > 0)
            return false;

        await engine.RemoveNetworkAsync(app.Name, ct);
        // Also what another deleted app left because this one still had a use for it.
        var living = stores.Apps.List().Select(a => a.Name).Where(name => name != app.Name).ToHashSet(StringComparer.Ordinal);
        var used = stores.ImagesInUse();
        foreach (var image in (await images.ListImagesAsync(app: null, ct)).Where(i => i.App is { } owner && !living.Contains(owner) && !used.Contains(i.Id)))
        {
            foreach (var tag in image.Tags.DefaultIfEmpty(image.Id))
                await images.RemoveImageAsync(tag, ct);
        }
        foreach (var deployment in stores.Deployments.List(app.Name, int.MaxValue))
            deploymentLog.Delete(deployment.Id);
        demand.Forget(app.Name);
        if (Directory.Exists(options.RepositoryOf(app.Name)))
            Directory.Delete(options.RepositoryOf(app.Name), recursive: true);
        logs.Delete(app.Name);
        if (stores.Routes.GetDefault() == app.Name)
            stores.Routes.SetDefault(null);
        stores.Apps.Delete(app.Name);
        return true;
    }
}
