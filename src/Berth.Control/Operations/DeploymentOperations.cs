using System.Globalization;
using System.Text;
using Berth.Builds;
using Berth.Builds.Sources;
using Berth.Control.Deployments;
using Berth.Control.Secrets;
using Berth.Control.Space;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>All that makes a new release.</summary>
public sealed class DeploymentOperations
{
    /// <summary>Linux takes no longer one: <c>KEY=value</c> and the NUL behind it.</summary>
    private const int MaxEnvBytes = 128 * 1024;

    private readonly Stores _stores;
    private readonly Deployer _deployer;
    private readonly ImageBuilder _builder;
    private readonly IImageStore _imageStore;
    private readonly ServiceImages _images;
    private readonly ControlOptions _options;
    private readonly SourceLimits _limits;
    private readonly DiskSpace _disk;

    internal DeploymentOperations(Stores stores, Deployer deployer, ImageBuilder builder, IImageStore imageStore, DiskSpace disk, ControlOptions options, SourceLimits limits)
    {
        (_stores, _deployer, _builder, _imageStore, _disk, _options, _limits) = (stores, deployer, builder, imageStore, disk, options, limits);
        _images = new ServiceImages(builder);
    }

    /// <summary>How long a release is to be watched, as people write it: <c>60s</c>. Null or empty: not at all.</summary>
    public Outcome<TimeSpan> ParseWatch(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return TimeSpan.Zero;
        return GoDuration.TryParse(text, out var watch) && watch >= TimeSpan.Zero && watch <= _options.LongestWatch ? watch : OperationErrors.BadWatch(text, _options.LongestWatch);
    }

    /// <summary>From a tar of a folder. The file is removed when it is not needed any more, also after an error.</summary>
    /// <param name="watch">How long the new release's errors are watched before it becomes the active one; zero: not.</param>
    public Outcome<Deployment> DeploySource(AppRecord app, string archive, string? commit, bool force, bool randomRoute = false, TimeSpan watch = default) =>
        BeginWithin(app, new FileInfo(archive).Length, new SourceRelease(archive, WorkFolder(archive), commit, force, randomRoute, _builder, _images, _limits), watch);

    /// <summary>From an image, with a tar of the files that go with it (null: none).</summary>
    public Outcome<Deployment> DeployImage(AppRecord app, string reference, string? archive, bool force, TimeSpan watch = default)
    {
        if (reference.Length is 0 or > 500 || reference.Any(c => c <= ' ' || c > '~') || reference[0] == '-')
        {
            if (archive is not null)
                File.Delete(archive);
            return OperationErrors.BadImage(reference);
        }
        return BeginWithin(app, sourceBytes: 0, new ImageRelease(reference, archive, WorkFolder(archive ?? Path.GetRandomFileName()), force, _builder, _imageStore, _images, _limits), watch);
    }

    public Outcome<Deployment> ChangeConfig(AppRecord app, IReadOnlyList<EnvVar> set, IReadOnlyList<string> unset)
    {
        foreach (var variable in set)
        {
            if (variable.Key.Length is 0 or > 256 || variable.Key.AsSpan().ContainsAny('=', '\0'))
                return OperationErrors.BadEnvKey(variable.Key);
            if (variable.Value is null || variable.Value.Contains('\0', StringComparison.Ordinal))
                return OperationErrors.BadEnvValue(variable.Key);
            if (Encoding.UTF8.GetByteCount(variable.Key) + Encoding.UTF8.GetByteCount(variable.Value) + "=\0".Length > MaxEnvBytes)
                return OperationErrors.EnvTooLarge(variable.Key);
        }
        var config = Config(app);
        if (unset.FirstOrDefault(key => config.All(v => v.Key != key)) is { } missing)
            return OperationErrors.EnvNotSet(missing);
        _stores.Redaction.Learn(app.Name, SecretValues.Of(set));
        return Begin(app, new ConfigChange(set, unset, _stores.Apps));
    }

    /// <param name="release"><c>v3</c>, <c>3</c> or a release id; null: the release that was active before this one.</param>
    public Outcome<Deployment> RollBack(AppRecord app, string? release, TimeSpan watch = default)
    {
        if (app.ActiveRelease is not { } activeId || _stores.Releases.Find(activeId) is not { } active)
            return OperationErrors.NoRelease(app.Name);
        if (release is null)
        {
            var earlier = _stores.Releases.List(app.Name).FirstOrDefault(r => r.Number < active.Number && _stores.Deployments.DeployedAt(r.Id) is not null);
            return earlier is null ? OperationErrors.NoEarlierRelease(app.Name) : Begin(app, new Rollback(earlier), watch);
        }
        var found = FindRelease(app, release);
        return found.Error is { } missing ? missing : Begin(app, new Rollback(found.Value), watch);
    }

    /// <param name="release">Its number (<c>v3</c>, <c>3</c>) or its id.</param>
    public Outcome<Release> FindRelease(AppRecord app, string release)
    {
        var found = int.TryParse(release.TrimStart('v'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? _stores.Releases.Find(app.Name, number)
            : _stores.Releases.Find(release);
        return found is null || found.App != app.Name ? OperationErrors.ReleaseNotFound(app.Name, release) : found;
    }

    public Outcome<Deployment> Cancel(string id)
    {
        if (_stores.Deployments.Find(id) is not { } deployment)
            return OperationErrors.DeploymentNotFound(id);
        return _deployer.TryCancel(deployment) ? _stores.Deployments.Find(id)! : OperationErrors.NotCancellable(id);
    }

    /// <summary>What a person has set, as it is in force.</summary>
    public IReadOnlyList<EnvVar> Config(AppRecord app) =>
        app.ActiveRelease is { } id && _stores.Releases.Find(id) is { } active ? active.Config : _stores.Apps.Config(app.Name);

    private Outcome<Deployment> BeginWithin(AppRecord app, long sourceBytes, IReleaseSource source, TimeSpan watch)
    {
        if (_disk.Problem(sourceBytes) is not { } full)
            return Begin(app, source, watch);
        source.Clean();
        return full;
    }

    private Outcome<Deployment> Begin(AppRecord app, IReleaseSource source, TimeSpan watch = default) =>
        _deployer.TryBegin(app.Name, source, watch) is { } deployment ? deployment : OperationErrors.QueueFull(app.Name, _options.DeploymentQueue);

    private string WorkFolder(string archive) => Path.Combine(_options.BuildsFolder, Path.GetFileNameWithoutExtension(archive) + ".d");
}
