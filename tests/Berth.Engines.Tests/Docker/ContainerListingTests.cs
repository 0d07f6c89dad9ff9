using Berth.Engines.Docker;
using Berth.Model;
using Berth.Testing;
using Berth.Testing.Docker;

namespace Berth.Engines.Tests.Docker;

/// <summary>Many who ask at once what runs, and an engine that is slow to say.</summary>
public sealed class ContainerListingTests : IAsyncLifetime
{
    private const string Listing = "GET /containers/json";

    private FakeDocker _docker = null!;
    private DockerEngine _engine = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _docker = await FakeDocker.StartAsync();
        _engine = new DockerEngine(new() { Socket = _docker.Socket, Owner = "test" }, TimeProvider.System);
        var image = _docker.AddImage("berth-test/any:latest");
        foreach (var app in new[] { "one", "two", "three" })
        {
            var network = EngineUnderTest.NewNetwork(app);
            await _engine.EnsureNetworkAsync(network, Ct);
            await _engine.StartSandboxAsync(new() { Id = $"{app}-web-1", App = app, ReleaseId = $"{app}-v1", Service = "web", PoolId = "pool", ImageId = image.Id, Command = ["sleep", "1000"], Env = [], MemoryBytes = 64 * ByteSize.MiB, Network = network }, Ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _engine.Dispose();
        await _docker.DisposeAsync();
    }

    [Fact]
    public async Task All_who_ask_while_the_engine_answers_share_one_call_more()
    {
        var (first, held) = await AskAndHoldAsync("one");
        var others = Enumerable.Range(0, 10).SelectMany(_ => new[] { "one", "two", "three" }).Select(app => (App: app, Answer: _engine.ListSandboxesAsync(app, Ct))).ToList();
        var all = _engine.ListSandboxesAsync(null, Ct);
        held.Dispose();

        foreach (var (app, answer) in others)
            Assert.Equal(app, Assert.Single(await answer).App);
        Assert.Equal(3, (await all).Count);
        Assert.Equal("one", Assert.Single(await first).App);
        Assert.Equal(2, Calls);
    }

    [Fact]
    public async Task Who_asks_later_is_told_what_came_about_meanwhile()
    {
        var (first, held) = await AskAndHoldAsync("two");
        var second = _engine.ListSandboxesAsync("two", Ct);
        await _engine.RemoveSandboxAsync("two-web-1", Ct);
        held.Dispose();

        await first;
        Assert.Empty(await second);
    }

    [Fact]
    public async Task A_refusal_is_told_to_all_who_share_it_and_the_next_call_is_another()
    {
        var (first, held) = await AskAndHoldAsync("one");
        var (second, third) = (_engine.ListSandboxesAsync("two", Ct), _engine.ListSandboxesAsync("three", Ct));
        _docker.FailNext(Listing, 500, "out of order");
        held.Dispose();

        var failures = await Task.WhenAll(new[] { first, second, third }.Select(async answer => await Record.ExceptionAsync(() => answer)));
        Assert.Contains(failures, failure => failure is EngineException { Message: var message } && message.Contains("out of order", StringComparison.Ordinal));
        Assert.Single(await _engine.ListSandboxesAsync("two", Ct));
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_nothing_from_the_others()
    {
        var (first, held) = await AskAndHoldAsync("one");
        using var impatient = new CancellationTokenSource();
        var gone = _engine.ListSandboxesAsync("two", impatient.Token);
        var patient = _engine.ListSandboxesAsync("two", Ct);
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        held.Dispose();
        await first;
        Assert.Single(await patient);
    }

    private int Calls => _docker.Calls.Count(call => call == Listing);

    /// <summary>A listing that the engine has been asked for and does not answer until the second is disposed.</summary>
    private async Task<(Task<IReadOnlyList<SandboxStatus>> Answer, IDisposable Held)> AskAndHoldAsync(string app)
    {
        var held = _docker.Hold(Listing);
        var answer = _engine.ListSandboxesAsync(app, Ct);
        await Eventually.HoldsAsync(() => Calls == 1);
        return (answer, held);
    }
}
