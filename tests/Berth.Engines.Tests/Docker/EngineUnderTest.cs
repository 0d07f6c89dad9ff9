using System.Text;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Testing;
using Berth.Testing.Docker;

namespace Berth.Engines.Tests.Docker;

/// <summary>An engine with an image that has a shell, real or fake: the same tests run on both.</summary>
public sealed class EngineUnderTest : IAsyncDisposable
{
    private static int s_subnets;
    private readonly IAsyncDisposable _machine;
    private readonly List<IDisposable> _others = [];

    private EngineUnderTest(IAsyncDisposable machine, DockerEngineOptions options, string imageId)
    {
        _machine = machine;
        Options = options;
        ImageId = imageId;
        Engine = Add(new DockerEngine(options, TimeProvider.System));
        Images = Add(new DockerImages(options, TimeProvider.System));
        Network = NewNetwork(App);
    }

    public string App { get; } = "demo" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(3));

    public DockerEngineOptions Options { get; }

    public DockerEngine Engine { get; }

    public DockerImages Images { get; }

    public string ImageId { get; }

    public AppNetwork Network { get; }

    public static async Task<EngineUnderTest> FakeAsync()
    {
        var docker = await FakeDocker.StartAsync();
        var options = new DockerEngineOptions { Socket = docker.Socket, Owner = "test" };
        using var images = new DockerImages(options, TimeProvider.System);
        var image = await BusyboxImage.EnsureAsync(images, Ct);
        return new EngineUnderTest(docker, options, image.Id);
    }

    public static async Task<EngineUnderTest> RealAsync()
    {
        var real = RealEngine.Connect();
        return new EngineUnderTest(real, real.Options, (await real.BusyboxImageAsync(Ct)).Id);
    }

    /// <summary>The same engine, as another Berth sees it.</summary>
    public DockerEngine AsOther() => Add(new DockerEngine(Options with { Owner = "other" }, TimeProvider.System));

    public static AppNetwork NewNetwork(string app)
    {
        var network = RealEngine.NewNetwork(app);
        // The fake has few networks, but the same subnet twice in one run would still be a collision.
        return network with { Subnet = $"10.{Environment.ProcessId % 90 + 130}.{Interlocked.Increment(ref s_subnets) % 250}.0/24" };
    }

    public SandboxSpec Spec(string service, params string[] command) => new()
    {
        Id = $"{App}-{service}-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))}",
        App = App,
        ReleaseId = App + "-v1",
        Service = service,
        PoolId = "pool-1",
        ImageId = ImageId,
        Command = command.Length == 0 ? ["sleep", "1000"] : command,
        Env = [new EnvVar("GREETING", "hello")],
        Port = 3000,
        Network = Network,
        Aliases = [service, service + ".app.miren"],
        MemoryBytes = 64 * ByteSize.MiB,
        StopTimeout = TimeSpan.FromSeconds(5),
    };

    /// <summary>Starts it in the app's network.</summary>
    public async Task<SandboxSpec> StartAsync(string service, params string[] command) => await StartAsync(Spec(service, command));

    public async Task<SandboxSpec> StartAsync(SandboxSpec spec)
    {
        await Engine.EnsureNetworkAsync(Network, Ct);
        await Engine.StartSandboxAsync(spec, Ct);
        return spec;
    }

    public async Task<SandboxStatus> StatusAsync(string id) => (await Engine.ListSandboxesAsync(App, Ct)).Single(s => s.Id == id);

    /// <summary>Follows its output until it ends.</summary>
    public async Task<string> OutputAsync(string id, LogStream? only = null)
    {
        var text = new StringBuilder();
        await foreach (var chunk in Engine.ReadLogsAsync(id, null, follow: true, Ct))
            if (only is null || chunk.Stream == only)
                text.Append(Encoding.UTF8.GetString(chunk.Bytes.Span));
        return text.ToString();
    }

    /// <summary>Runs a command in it; what it printed on both streams, and its exit code.</summary>
    public async Task<(string Output, int? Code)> ExecAsync(string id, params string[] command)
    {
        await using var session = await Engine.ExecAsync(id, new ExecSpec { Command = command }, Ct);
        return (await ReadAsync(session), await session.ExitCodeAsync(Ct));
    }

    public static async Task<string> ReadAsync(IExecSession session)
    {
        var text = new StringBuilder();
        await foreach (var chunk in session.ReadAsync(Ct))
            text.Append(Encoding.UTF8.GetString(chunk.Bytes.Span));
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _machine.DisposeAsync();
        _others.ForEach(o => o.Dispose());
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private T Add<T>(T other) where T : IDisposable
    {
        _others.Add(other);
        return other;
    }
}
