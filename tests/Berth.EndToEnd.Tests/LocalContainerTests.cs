using System.Net;
using System.Text;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Testing;
using Eventually = Berth.Testing.Eventually;

namespace Berth.EndToEnd.Tests;

/// <summary>Containers beside local processes (<c>berth dev</c>). Here and not with the engine's tests: those start engines that take the common bridge away.</summary>
public sealed class LocalContainerTests : IAsyncLifetime
{
    private RealEngine _engine = null!;
    private LocalContainers _containers = null!;
    private ImageInfo _image = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = RealEngine.Connect();
        _containers = new LocalContainers(_engine.Options, TimeProvider.System);
        _image = await _engine.BusyboxImageAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        _containers?.Dispose();
        if (_engine is not null)
            await _engine.DisposeAsync();
    }

    [Fact]
    public async Task It_answers_on_its_port_of_this_machine_until_it_is_stopped_and_leaves_nothing()
    {
        int port = FreePort.Next();
        var spec = Spec("httpd -f -p 80 -h /etc & trap 'echo stopped; exit 3' TERM; echo $GREETING; wait") with { Port = 80, HostPort = port, Env = [new("GREETING", "hello")] };
        var printed = new StringBuilder();
        var container = await _containers.StartAsync(spec, bytes => printed.Append(Encoding.UTF8.GetString(bytes)), Ct);

        await Eventually.HoldsAsync(() => AnswersAsync(port));
        await container.StopAsync(TimeSpan.FromSeconds(10), Ct);

        Assert.Equal(3, await container.Exited);
        Assert.Equal("hello\nstopped\n", printed.ToString());
        await (await _containers.StartAsync(spec, _ => { }, Ct)).StopAsync(TimeSpan.Zero, Ct);
    }

    [Fact]
    public async Task One_that_ignores_the_signal_is_killed_after_the_timeout()
    {
        var deaf = new TaskCompletionSource();
        var container = await _containers.StartAsync(Spec("trap '' TERM; echo deaf; while :; do sleep 1; done"), _ => deaf.TrySetResult(), Ct);
        await deaf.Task.WaitAsync(Ct);

        await container.StopAsync(TimeSpan.FromSeconds(1), Ct);

        Assert.Equal(137, await container.Exited);
    }

    [Fact]
    public async Task A_name_in_use_by_a_program_that_runs_is_refused()
    {
        var spec = Spec("sleep 1000");
        var container = await _containers.StartAsync(spec, _ => { }, Ct);

        var problem = await Assert.ThrowsAsync<EngineException>(() => _containers.StartAsync(spec, _ => { }, Ct));
        await container.StopAsync(TimeSpan.Zero, Ct);

        Assert.Equal(EngineError.Conflict, problem.Error);
        Assert.Contains($"belongs to process {Environment.ProcessId}, which still runs", problem.Message);
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var http = new HttpClient();
        try
        {
            return (await http.GetAsync(new Uri($"http://127.0.0.1:{port}/none"), Ct)).StatusCode == HttpStatusCode.NotFound;
        }
        catch (HttpRequestException)
        {
            // The engine publishes the port before the server in the container listens.
            return false;
        }
    }

    private LocalContainerSpec Spec(string command) => new()
    {
        Name = "berth-dev-" + _engine.Options.Owner,
        ImageId = _image.Id,
        Command = ["sh", "-c", command],
        HostPort = 1,
    };
}
