using Berth.Control.Autoscaling;
using Berth.Control.Store;
using Berth.Model;
using Berth.Planning;

namespace Berth.Control.Reconciling;

/// <summary>A release that gets a share of an app's requests beside the active one. Only its services that take HTTP run.</summary>
/// <param name="Percent">The largest share of any route.</param>
public sealed record BesideRelease(Release Release, int Percent)
{
    /// <summary>The name under which the router and the demand book know it.</summary>
    public string RoutedName => new RouteSplit(Release.Label, Percent).AppName(Release.App);

    /// <summary>A release that has become the active one needs none beside, and one that is gone can have none.</summary>
    public static IReadOnlyList<BesideRelease> Of(Stores stores, AppRecord app)
    {
        var splits = stores.Routes.SplitsOf(app.Name);
        if (splits.Count == 0)
            return [];
        var releases = stores.Releases.List(app.Name);
        return [.. splits.GroupBy(split => split.Release, StringComparer.Ordinal)
            .Select(group => (Release: releases.FirstOrDefault(r => r.Label == group.Key), Percent: group.Max(split => split.Percent)))
            .Where(one => one.Release is not null && one.Release.Id != app.ActiveRelease)
            .Select(one => new BesideRelease(one.Release!, one.Percent))];
    }

    /// <summary>Its pools that no other release runs already.</summary>
    /// <param name="active">Pools of the active release.</param>
    /// <param name="decided">The count of a service that follows demand.</param>
    public IReadOnlyList<PoolSpec> Pools(IReadOnlyDictionary<string, ServiceSetting> settings, IReadOnlyList<PoolSpec> active, Func<ReleaseService, Scaling, int> decided) =>
        [.. SandboxSpecs.Pools(Release, settings, (service, scaling) => Count(service, scaling, decided)).Where(pool => pool.Routable && active.All(other => other.Id != pool.Id))
            .Select(pool => pool with { Standby = 0 })];

    /// <summary>One at least: the router sends it nothing while none is ready, so no request could wake it.</summary>
    private int Count(ReleaseService service, Scaling scaling, Func<ReleaseService, Scaling, int> decided) =>
        Math.Max(1, DemandBook.FollowsDemand(service, scaling) ? decided(service, scaling) : (DemandBook.Constant(scaling) * Percent + 99) / 100);
}
