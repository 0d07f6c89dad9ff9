using Berth.Control.Secrets;

namespace Berth.Control.Store;

/// <summary>All nouns of one state file.</summary>
public sealed class Stores
{
    public Stores(StateStore state, TimeProvider time)
    {
        State = state;
        Apps = new(state);
        Releases = new(state);
        Redaction = new(app => SecretValues.Of(Apps.Config(app)).Concat(Releases.List(app).SelectMany(SecretValues.Of)));
        Deployments = new(state, Redaction);
        Settings = new(state);
        Crashes = new(state, Redaction);
        Disks = new(state);
        Backups = new(state);
        Drains = new(state);
        Capsules = new(state, Redaction);
        Routes = new(state);
        Automatic = new(state);
        Audit = new(state, Redaction);
        Crons = new(state, Redaction);
        Tokens = new(state, time);
    }

    public StateStore State { get; }

    /// <summary>Blots secret values out of all that is stored or shown as text.</summary>
    public Redaction Redaction { get; }

    public AppStore Apps { get; }

    public ReleaseStore Releases { get; }

    public DeploymentStore Deployments { get; }

    public SettingStore Settings { get; }

    public CrashStore Crashes { get; }

    public DiskStore Disks { get; }

    public BackupStore Backups { get; }

    public DrainStore Drains { get; }

    public CapsuleStore Capsules { get; }

    public RouteStore Routes { get; }

    public AutomaticStore Automatic { get; }

    public AuditStore Audit { get; }

    public CronStore Crons { get; }

    public TokenStore Tokens { get; }

    /// <summary>Ids of the images that releases run which can be returned to. An app may run what was built for another.</summary>
    public HashSet<string> ImagesInUse() =>
        [.. Apps.List().Where(app => !app.Deleting).SelectMany(app => Releases.List(app.Name)).SelectMany(release => release.Services).SelectMany(service => service.SidecarImages.Select(image => image.Id).Prepend(service.ImageId))];
}
