namespace Berth.Control.Store;

/// <summary>All nouns of one state file.</summary>
public sealed class Stores(StateStore state, TimeProvider time)
{
    public StateStore State { get; } = state;

    public AppStore Apps { get; } = new(state);

    public ReleaseStore Releases { get; } = new(state);

    public DeploymentStore Deployments { get; } = new(state);

    public SettingStore Settings { get; } = new(state);

    public CrashStore Crashes { get; } = new(state);

    public DiskStore Disks { get; } = new(state);

    public CapsuleStore Capsules { get; } = new(state);

    public DrainStore Drains { get; } = new(state);

    public RouteStore Routes { get; } = new(state);

    public AutomaticStore Automatic { get; } = new(state);

    public TokenStore Tokens { get; } = new(state, time);

    /// <summary>Ids of the images that releases run which can be returned to. An app may run what was built for another.</summary>
    public HashSet<string> ImagesInUse() =>
        [.. Apps.List().Where(app => !app.Deleting).SelectMany(app => Releases.List(app.Name)).SelectMany(release => release.Services).Select(service => service.ImageId)];
}
