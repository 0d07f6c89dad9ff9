using Berth.Control.Access;
using Berth.Control.Autoscaling;
using Berth.Control.Backups;
using Berth.Control.Certificates;
using Berth.Control.Certificates.Acme;
using Berth.Control.Crons;
using Berth.Control.Deployments;
using Berth.Control.Disks;
using Berth.Control.Drains;
using Berth.Control.Host;
using Berth.Control.Logs;
using Berth.Control.Metrics;
using Berth.Control.Operations;
using Berth.Control.Reconciling;
using Berth.Control.Routing;
using Berth.Control.Space;
using Berth.Control.Store;
using Berth.Control.Trials;
using Berth.Model;
using Berth.Planning;
using Microsoft.Extensions.Logging;

namespace Berth.Control;

/// <summary>
/// The whole of control, put together: what the API may do (operations and stores), and the loops that run behind it, from
/// <see cref="StartAsync"/> to disposal. Disposing ends the loops only: sandboxes and router go on.
/// </summary>
public sealed partial class ControlPlane : IAsyncDisposable
{
    private const int MaxAcmeAnswerBytes = 1024 * 1024;

    private static readonly TimeSpan AcmeTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MemoryPeriod = TimeSpan.FromMinutes(1);

    private readonly ControlOptions _options;
    private readonly ControlParts _parts;
    private readonly SandboxActions _actions;
    private readonly Settling _settling = new();
    private readonly ReconcileLoop _loop;
    private readonly AppReconciler _reconciler;
    private readonly Deployer _deployer;
    private readonly ReadinessProber _prober;
    private readonly LogCollector _collector;
    private readonly ReleaseTrials _trials;
    private readonly EngineSweep _sweep;
    private readonly DiskAttachments _disks;
    private readonly DiskSpace _disk;
    private readonly LogDrains _drains;
    private readonly Retention _retention;
    private readonly AcmeIssuer _acme;
    private readonly AutomaticCertificates _automatic;
    private readonly CronRunner _crons;
    private readonly BackupRunner _backups;
    private readonly QueueSampler _queues;
    private readonly ILogger<ControlPlane> _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _routed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _background = Task.CompletedTask;

    public ControlPlane(ControlOptions options, ControlParts parts)
    {
        (_options, _parts, _log) = (options, parts, parts.Logging.CreateLogger<ControlPlane>());
        var (stores, engine, time) = (parts.Stores, parts.Engine, parts.Time);
        Logs = new(options, stores.Redaction, time);
        DeploymentLog = new(options, stores.Redaction, time);
        Meter = new(options, time);
        _drains = new(stores.Drains, Logs, options, time);
        Drains = new(stores.Drains, _drains, Logs, options, time);
        var certificates = new CertificateFiles(options, parts.Logging.CreateLogger<CertificateFiles>());
        Publisher = new(stores.Routes, certificates, options, time, parts.Logging.CreateLogger<RoutePublisher>());
        Demand = new(Logs, time);
        _collector = new(engine, Logs, options, time, parts.Logging.CreateLogger<LogCollector>());
        _prober = new(options, time);
        var diskFiles = new DiskFiles(options, time);
        _disks = new(stores.Disks, diskFiles, engine, time, parts.Logging.CreateLogger<DiskAttachments>());
        _actions = new SandboxActions(engine, _disks, _collector, Logs, new CrashRecorder(stores, Logs, Meter, time), Publisher, options, time, parts.Logging.CreateLogger<SandboxActions>());
        var removal = new AppRemoval(stores, engine, parts.Images, _actions, Publisher, Demand, Logs, DeploymentLog, options);
        var networks = new AppNetworks(engine, stores.Apps);
        var jobs = new JobRunner(engine, time);
        _trials = new(Publisher, parts.Planning, options, time);
        var progress = new DeploymentProgress(stores, DeploymentLog, Logs, _collector, _prober, _trials, time);
        _reconciler = new(stores, engine, networks, new AppPlanner(parts.Planning), _actions, _prober, _collector, Meter, Publisher, Demand, _trials, progress, removal, _settling, time);
        _loop = new(_reconciler.ReconcileAsync, options.AppsAtOnce, time, parts.Logging.CreateLogger<ReconcileLoop>());
        _acme = new AcmeIssuer(new HttpClient { Timeout = AcmeTimeout, MaxResponseContentBufferSize = MaxAcmeAnswerBytes }, options.AcmeDirectory, Path.Combine(options.CertificatesFolder, "acme-account.key"), Publisher, time);
        Certificates = new(certificates, stores.Automatic, Publisher, time);
        _automatic = new(stores.Automatic, certificates, _acme.IssueAsync, host => Routes!.List().Any(r => r.Host == host), Certificates.ChangedAsync,
            parts.Random, time, parts.Logging.CreateLogger<AutomaticCertificates>());
        Routes = new(stores, Publisher, certificates, options, parts.Random, time, _loop.Mark);
        _deployer = new(stores, Routes, DeploymentLog, new(jobs, networks, stores, options, time), options, time, parts.Logging.CreateLogger<Deployer>());
        _sweep = new(stores, engine, parts.Logging.CreateLogger<EngineSweep>());

        _disk = new(parts.Images, options);
        _retention = new(stores, engine, parts.Images, DeploymentLog, options, time, parts.Logging.CreateLogger<Retention>());

        Apps = new(stores, _loop, Publisher, _deployer, parts.Random, time);
        Deployments = new(stores, _deployer, parts.Builder, parts.Images, _disk, options, parts.SourceLimits);
        Space = new(stores, parts.Images, _disk, options);
        Services = new(stores, _loop, time);
        Sandboxes = new(engine, _actions, Meter);
        Forwards = new(engine, stores, _actions, options, time);
        Runs = new(engine, networks, stores, time);
        _crons = new(stores, engine, networks, _collector, options, time, parts.Logging.CreateLogger<CronRunner>());
        Crons = new(stores, _crons, time);
        Tokens = new(stores.Tokens);
        Subjects = new(stores, engine, Routes);
        Disks = new(stores.Disks, diskFiles, _disks);
        var unpacking = new DiskUnpacking(diskFiles, options, time);
        Backups = new(stores.Disks, diskFiles, _disks, _actions, unpacking, engine, options, time);
        _backups = new(stores, Backups, new(options, time), new(stores, diskFiles, unpacking, jobs, options, time), diskFiles, Logs, options, time, parts.Logging.CreateLogger<BackupRunner>());
        BackupSchedules = new(stores, _backups, Backups, time);

        _queues = new(Demand, new(stores, engine, networks, jobs, options, time), options, time);
        Connect();
    }

    public Stores Stores => _parts.Stores;

    public IEngine Engine => _parts.Engine;

    public IImageStore Images => _parts.Images;

    public NetworkIsolation? Isolation => _parts.Isolation;

    public AppOperations Apps { get; }

    public DeploymentOperations Deployments { get; }

    public ServiceOperations Services { get; }

    public RouteOperations Routes { get; }

    public CertificateOperations Certificates { get; }

    public SandboxOperations Sandboxes { get; }

    public ForwardOperations Forwards { get; }

    public RunOperations Runs { get; }

    public CronOperations Crons { get; }

    public TokenOperations Tokens { get; }

    public Subjects Subjects { get; }

    public DiskOperations Disks { get; }

    public BackupOperations Backups { get; }

    public BackupScheduleOperations BackupSchedules { get; }

    public DrainOperations Drains { get; }

    public SpaceReport Space { get; }

    public LogStore Logs { get; }

    public DeploymentLog DeploymentLog { get; }

    public SandboxMeter Meter { get; }

    public RoutePublisher Publisher { get; }

    public DemandBook Demand { get; }

    /// <summary>
    /// Takes up what was under way, brings every app in line once, and only then sends routes: until then the router goes on with
    /// the last ones it had. Returns when the router goes by them; the loops run on.
    /// </summary>
    public async Task StartAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(_options.BuildsFolder);
        foreach (var left in Directory.EnumerateFileSystemEntries(_options.BuildsFolder))
            DeleteLeftover(left);
        _deployer.Resume();
        await _sweep.RunAsync(removeJobs: true, ct);
        await _disks.SweepAsync(alone: true, ct);
        _backups.Resume();
        await _disk.FindEngineAsync(ct);
        await IsolateAsync(ct);
        foreach (var app in Stores.Apps.List())
            _retention.Mark(app.Name);
        // The loop stands still meanwhile: no app may be looked at twice at once.
        await Parallel.ForEachAsync(Stores.Apps.List(), new ParallelOptions { MaxDegreeOfParallelism = _options.AppsAtOnce, CancellationToken = ct },
            async (app, token) => await FirstLookAsync(app.Name, token));
        _drains.Start();
        _loop.Start();
        await Publisher.OpenAsync(ct);
        _background = Task.WhenAll(
            RepeatAsync("router", TimeSpan.FromSeconds(1), FollowRouterAsync),
            RepeatAsync("engine events", TimeSpan.FromSeconds(1), FollowEngineAsync),
            RepeatAsync("resync", _options.ResyncPeriod, ResyncAsync),
            RepeatAsync("isolation", _options.ResyncPeriod, IsolateAsync),
            RepeatAsync("crons", _options.CronPeriod, _crons.RunAsync),
            RepeatAsync("queues", _options.QueuePeriod, _queues.RunAsync),
            RepeatAsync("backups", _options.BackupPeriod, _backups.RunAsync),
            RepeatAsync("certificates", _options.CertificatePeriod, _automatic.RunAsync),
            RepeatAsync("metrics", _options.MetricsPeriodYoung, SampleAsync),
            RepeatAsync("memory", MemoryPeriod, GiveMemoryBackAsync));
        // Whoever sees the API answer may visit an app. A router that does not come up must not keep an administrator out, though.
        await Task.WhenAny(_routed.Task, Task.Delay(_options.RouterStartLimit, _parts.Time, ct));
    }

    /// <summary>Does the sandbox count as ready, by the same rule that planning goes by?</summary>
    public bool IsReady(SandboxStatus sandbox, ReleaseService service) =>
        sandbox.State is SandboxState.Running && (SandboxSpecs.Check(service).Kind == HealthCheckKind.Process
            ? sandbox.StartedAt + _parts.Planning.SettleTime <= _parts.Time.GetUtcNow()
            : _prober.HasAnswered(sandbox.Id));

    /// <summary>
    /// Returns when all that is wanted of the app runs and nothing else does, when it turns out to crash again and again, or after
    /// <see cref="ControlOptions.SettleLimit"/>.
    /// </summary>
    public async Task WaitSettledAsync(string app, CancellationToken ct)
    {
        var settled = _settling.Wait(app);
        _loop.Mark(app);
        await Task.WhenAny(settled, Task.Delay(_options.SettleLimit, _parts.Time, ct));
    }

    /// <summary>Is it about to be stopped?</summary>
    public bool IsEnding(SandboxStatus sandbox) => _actions.Of(sandbox.App).GetValueOrDefault(sandbox.Id)?.Doing == Doing.Ending;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _background;
        await _deployer.DisposeAsync();
        await _loop.DisposeAsync();
        await _trials.DisposeAsync();
        await _actions.DisposeAsync();
        await _prober.DisposeAsync();
        await _collector.DisposeAsync();
        await _drains.DisposeAsync();
        Logs.Dispose();
        _acme.Dispose();
        _crons.Dispose();
        _backups.Dispose();
        await _queues.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Whatever happens to an app has it looked at.</summary>
    private void Connect()
    {
        _actions.Done += _loop.Mark;
        _prober.Answered += _loop.Mark;
        _prober.Delayed += _loop.Mark;
        _trials.Moved += _loop.Mark;
        Publisher.Drained += _loop.Mark;
        Publisher.Reported += Demand.Take;
        Demand.Rising += _loop.Mark;
        _deployer.Changed += _loop.Mark;
        _deployer.Changed += _retention.Mark;
    }

    private async Task FirstLookAsync(string app, CancellationToken ct)
    {
        try
        {
            await _reconciler.ReconcileAsync(app, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // One app in trouble must not keep the others from being looked after; the loop tries it again.
            LogFirstLookFailed(e, app);
        }
        _loop.Mark(app);
    }

    /// <summary>Keeps a router at hand and takes in its reports until it is gone.</summary>
    private async Task FollowRouterAsync(CancellationToken ct)
    {
        try
        {
            var router = await _parts.Router.ConnectAsync(ct);
            Publisher.Connect(router);
            if (await Publisher.PublishAsync(ct))
                _routed.TrySetResult();
            MarkAll();
            await foreach (var report in router.ReportsAsync(ct))
                Publisher.Take(report);
        }
        finally
        {
            Publisher.Connect(null);
        }
    }

    /// <summary>What happened while nobody listened is not repeated, so all apps are looked at first.</summary>
    private async Task FollowEngineAsync(CancellationToken ct)
    {
        MarkAll();
        await foreach (var happened in Engine.WatchAsync(ct))
        {
            _loop.Mark(happened.App);
            _crons.Notice(happened.App);
        }
    }

    private async Task ResyncAsync(CancellationToken ct)
    {
        await _sweep.RunAsync(removeJobs: false, ct);
        await _disks.SweepAsync(alone: false, ct);
        Logs.Prune();
        Stores.Audit.Prune(_parts.Time.GetUtcNow() - _options.AuditAge, _options.AuditEntries);
        MarkAll();
        await _retention.RunAsync(ct);
    }

    /// <summary>Also now and then: whoever loads the machine's firewall anew loads it without these rules.</summary>
    private async Task IsolateAsync(CancellationToken ct)
    {
        if (_parts.Isolation is not { } isolation)
            return;
        var before = isolation.Problem;
        await isolation.EnsureAsync(ct);
        if (isolation.Problem is { } problem && problem != before)
            LogNotIsolated(problem);
    }

    private Task SampleAsync(CancellationToken ct)
    {
        Meter.Sample();
        return Task.CompletedTask;
    }

    /// <summary>A server that rests should be small: what a deployment needed goes back to the system. A few milliseconds on a heap of this size.</summary>
    private static Task GiveMemoryBackAsync(CancellationToken ct)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Task.CompletedTask;
    }

    private void MarkAll()
    {
        foreach (var app in Stores.Apps.List())
        {
            _loop.Mark(app.Name);
            _crons.Notice(app.Name);
        }
    }

    /// <summary>Runs a loop's body again and again, with a pause after each end, whether it ended well or not.</summary>
    private async Task RepeatAsync(string name, TimeSpan pause, Func<CancellationToken, Task> body)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await body(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogLoopFailed(name, e.Message, pause.TotalSeconds);
            }
            try
            {
                await Task.Delay(pause, _parts.Time, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static void DeleteLeftover(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }

    [LoggerMessage(LogLevel.Warning, "App {App} could not be looked at on start; it is tried again")]
    private partial void LogFirstLookFailed(Exception exception, string app);

    [LoggerMessage(LogLevel.Warning, "Berth runs without its firewall rules: {Problem}")]
    private partial void LogNotIsolated(string problem);

    [LoggerMessage(LogLevel.Warning, "The {Loop} loop was interrupted and goes on in {Seconds} s: {Reason}")]
    private partial void LogLoopFailed(string loop, string reason, double seconds);
}
