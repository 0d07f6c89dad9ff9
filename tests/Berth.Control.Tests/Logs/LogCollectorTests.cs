using Berth.Control.Logs;
using Berth.Control.Secrets;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Testing;
using Berth.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Control.Tests.Logs;

/// <summary>When the engine is asked for a sandbox's output, and that no line of it is lost or kept twice.</summary>
public sealed class LogCollectorTests : IAsyncLifetime
{
    private const string Id = "demo-web-1";
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private FakeDocker _docker = null!;
    private DockerEngine _engine = null!;
    private LogStore _store = null!;
    private LogCollector _collector = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private FakeContainer Container => _docker.Container(Id);

    public async ValueTask InitializeAsync()
    {
        _docker = await FakeDocker.StartAsync(_time);
        var image = _docker.AddImage("example/app:1", new FakeImage { Cmd = ["serve"] });
        _engine = new(new DockerEngineOptions { Socket = _docker.Socket, Owner = "test" }, _time);
        var options = new ControlOptions { StateFolder = _folder.Path, LogFrozenQuiet = Quiet };
        _store = new(options, new Redaction(_ => []), _time);
        _collector = new(_engine, _store, options, _time, NullLogger<LogCollector>.Instance);
        var network = new AppNetwork("demo", "10.64.0.0/24");
        await _engine.EnsureNetworkAsync(network, Ct);
        await _engine.StartSandboxAsync(new()
        {
            Id = Id, App = "demo", ReleaseId = "demo-1", Service = "web", PoolId = "pool", ImageId = image.Id, Env = [], Network = network, MemoryBytes = 1 << 20,
        }, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _collector.DisposeAsync();
        _store.Dispose();
        _engine.Dispose();
        await _docker.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_frozen_sandbox_is_not_followed_once_what_it_printed_has_arrived_and_no_line_is_lost_when_it_is_thawed()
    {
        await FollowAsync();
        Print("before");
        await Eventually.HoldsAsync(async () => (await LinesAsync()).Count == 1);
        await _engine.FreezeSandboxAsync(Id, Ct);
        await FollowAsync();
        Assert.Equal(1, Container.Followers);

        await RestAsync();
        Print("as it was thawed");
        await FollowAsync();
        Assert.Equal(0, Container.Followers);

        await _engine.ThawSandboxAsync(Id, Ct);
        await FollowAsync();
        Print("after");
        await Eventually.HoldsAsync(async () => (await LinesAsync()).Count == 3);
        Assert.Equal(["before", "as it was thawed", "after"], await LinesAsync());
        Assert.Equal(1, Container.Followers);
    }

    [Fact]
    public async Task A_sandbox_that_is_thawed_before_it_was_quiet_is_followed_on()
    {
        await FollowAsync();
        Print("one");
        await _engine.FreezeSandboxAsync(Id, Ct);
        await FollowAsync();
        await _engine.ThawSandboxAsync(Id, Ct);
        await FollowAsync();
        _time.Advance(2 * Quiet);
        Print("two");

        await Eventually.HoldsAsync(async () => (await LinesAsync()).Count == 2);
        Assert.Single(_docker.Calls, call => call.EndsWith("/logs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sandbox_in_the_middle_of_a_line_is_followed_though_it_is_frozen()
    {
        await FollowAsync();
        Container.Print("a line, and then\nhalf of ");
        await Eventually.HoldsAsync(async () => (await LinesAsync()).Count == 1);
        await _engine.FreezeSandboxAsync(Id, Ct);
        await FollowAsync();
        _time.Advance(2 * Quiet);
        await _engine.ThawSandboxAsync(Id, Ct);
        await FollowAsync();
        Container.Print("the next\n");

        await Eventually.HoldsAsync(async () => (await LinesAsync()).Count == 2);
        Assert.Equal(["a line, and then", "half of the next"], await LinesAsync());
        Assert.Single(_docker.Calls, call => call.EndsWith("/logs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_frozen_sandbox_prints_as_it_ends_is_waited_for()
    {
        await FollowAsync();
        await Eventually.HoldsAsync(() => Container.Followers == 1);
        await _engine.FreezeSandboxAsync(Id, Ct);
        await FollowAsync();
        await RestAsync();
        await _engine.ThawSandboxAsync(Id, Ct);
        Print("bye");
        Container.Exit(0);

        await _collector.DrainAsync(Id, TimeSpan.FromMinutes(1), Ct);
        Assert.Equal(["bye"], await LinesAsync());
    }

    private void Print(string line)
    {
        // No two lines at one moment: that is how they are told apart.
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Container.Print(line + "\n");
    }

    /// <summary>As the reconciler does at each change.</summary>
    private async Task FollowAsync() => _collector.Follow(Assert.Single(await _engine.ListSandboxesAsync("demo", Ct)));

    private async Task RestAsync()
    {
        _time.Advance(Quiet);
        await Eventually.HoldsAsync(() => Container.Followers == 0);
    }

    private async Task<IReadOnlyList<string>> LinesAsync() => await _store.LastLinesAsync("demo", Id, 100, Ct);
}
