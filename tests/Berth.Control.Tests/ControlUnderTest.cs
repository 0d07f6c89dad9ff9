using System.Formats.Tar;
using Berth.Builds;
using Berth.Builds.Stacks;
using Berth.Control.Deployments;
using Berth.Control.Operations;
using Berth.Control.Store;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Planning;
using Berth.Testing;
using Berth.Testing.Docker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Control.Tests;

/// <summary>
/// The whole control plane over a fake engine's socket and a <see cref="RecordingRouter"/>, with a state folder of its own. It can be
/// started again on what is there, as after a kill.
/// </summary>
internal sealed class ControlUnderTest : IAsyncDisposable
{
    /// <summary>An image whose web service listens, with a shell.</summary>
    public const string Image = "example/app:1";

    private readonly TemporaryFolder _folder = new();
    private readonly DockerEngine _engine;
    private readonly DockerImages _images;
    private StateStore _state;

    private ControlUnderTest(FakeDocker docker, TimeProvider time)
    {
        (Docker, Time) = (docker, time);
        docker.ServePorts = true;
        docker.AddImage(Image, new FakeImage { Cmd = ["serve"] });
        var options = new DockerEngineOptions { Socket = docker.Socket, Owner = "test" };
        (_engine, _images) = (new(options, time), new(options, time));
        Options = new() { StateFolder = _folder.Path };
        _state = StateStore.Open(Options.DatabaseFile);
        Control = Make();
    }

    public FakeDocker Docker { get; }

    public RecordingRouter Router { get; } = new();

    public TimeProvider Time { get; }

    public ControlOptions Options { get; set; }

    /// <summary>Processes count as ready at once, unless a test says otherwise.</summary>
    public PlanningOptions Planning { get; set; } = new() { SettleTime = TimeSpan.Zero };

    /// <summary>Where berthd's own log goes; nowhere, unless a test reads it.</summary>
    public ILoggerFactory Logging { get; set; } = NullLoggerFactory.Instance;

    public ControlPlane Control { get; private set; }

    public Stores Stores => Control.Stores;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<ControlUnderTest> StartAsync(TimeProvider? time = null, Action<ControlUnderTest>? arrange = null)
    {
        var docker = await FakeDocker.StartAsync(time ?? TimeProvider.System);
        var made = new ControlUnderTest(docker, time ?? TimeProvider.System);
        if (arrange is not null)
        {
            arrange(made);
            made.Control = made.Make();
        }
        await made.Control.StartAsync(Ct);
        return made;
    }

    /// <summary>Ends the control plane and nothing else.</summary>
    public async Task EndAsync()
    {
        await Control.DisposeAsync();
        _state.Dispose();
    }

    /// <summary>A new control plane on the same state, engine and router.</summary>
    public async Task BeginAgainAsync()
    {
        Make(StateStore.Open(Options.DatabaseFile));
        await Control.StartAsync(Ct);
    }

    public async Task RestartAsync()
    {
        await EndAsync();
        await BeginAgainAsync();
    }

    /// <summary>Creates the app and deploys it.</summary>
    public async Task<DeploymentResult> DeployNewAsync(string app, string procfile = "web: serve")
    {
        Assert.Null(Control.Apps.Create(app).Error);
        return await DeployAsync(app, procfile);
    }

    public async Task<DeploymentResult> DeployAsync(string app, string procfile = "web: serve", bool force = false, string image = Image) =>
        await EndOfAsync(await BeginDeployAsync(app, procfile, force, image));

    /// <summary>Begins to deploy <see cref="Image"/> with a Procfile; returns the deployment's id.</summary>
    public Task<string> BeginDeployAsync(string app, string procfile = "web: serve", bool force = false, string image = Image) =>
        BeginDeployAsync(app, new Dictionary<string, string> { ["Procfile"] = procfile }, force, image);

    public async Task<string> BeginDeployAsync(string app, IReadOnlyDictionary<string, string> files, bool force = false, string image = Image) =>
        Id(Control.Deployments.DeployImage(Stores.Apps.Find(app)!, image, await ArchiveAsync(files), force));

    public static string Id(Outcome<Deployment> begun)
    {
        Assert.Null(begun.Error);
        return begun.Value.Id;
    }

    public async Task<DeploymentResult> EndOfAsync(string deployment) => (await EventsOfAsync(deployment))[^1].Result!;

    /// <summary>All of a deployment's events; waits for its end.</summary>
    public async Task<IReadOnlyList<DeploymentEvent>> EventsOfAsync(string deployment)
    {
        var events = new List<DeploymentEvent>();
        await foreach (var happened in Control.DeploymentLog.FollowAsync(deployment, Ct))
            events.Add(happened);
        Assert.NotNull(events[^1].Result);
        return events;
    }

    public Task<DeploymentResult> SetEnvAsync(string app, string key, string value) =>
        EndOfAsync(Id(Control.Deployments.ChangeConfig(Stores.Apps.Find(app)!, [new(key, value)], [])));

    public Outcome<AppRecord> Scale(string app, string service, string count) =>
        Control.Services.Scale(Stores.Apps.Find(app)!, new Dictionary<string, string> { [service] = count }, memory: null, cpu: null);

    /// <summary>The sandboxes of a service that run, oldest first.</summary>
    public IReadOnlyList<FakeContainer> Running(string app, string service) =>
        [.. Docker.Containers.Where(c => c.IsAlive && c.Labels[Labels.App] == app && c.Labels[Labels.Service] == service && c.Labels[Labels.Role] == "service")];

    /// <summary>Names of all sandboxes of a service that were ever started.</summary>
    public IReadOnlyList<string> Started(string app, string service) =>
        [.. Docker.Calls.Where(c => c.EndsWith("/json", StringComparison.Ordinal) && c.Contains($"/{app}-{service}-", StringComparison.Ordinal)).Select(c => c.Split('/')[2]).Distinct()];

    public Release Active(string app) => Stores.Releases.Find(Stores.Apps.Find(app)!.ActiveRelease!)!;

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _engine.Dispose();
        _images.Dispose();
        await Docker.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A tar in the state folder, as an upload leaves it there.</summary>
    public async Task<string> ArchiveAsync(IReadOnlyDictionary<string, string> files)
    {
        Directory.CreateDirectory(Options.BuildsFolder);
        var path = Path.Combine(Options.BuildsFolder, Ids.Unique(Time.GetUtcNow()) + ".tar");
        await using var tar = new TarWriter(File.Create(path));
        foreach (var (name, text) in files)
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) }, Ct);
        return path;
    }

    private void Make(StateStore state)
    {
        _state = state;
        Control = Make();
    }

    private ControlPlane Make() => new(Options, new()
    {
        Stores = new Stores(_state, Time),
        Engine = _engine,
        Images = _images,
        Builder = new ImageBuilder(_images, new StackImages(_images, new() { WorkFolder = _folder.File("stacks") }, new(), Time), new(), Time),
        Router = Router,
        Logging = Logging,
        Time = Time,
        Random = new Random(1),
        Planning = Planning,
    });
}
