using System.Net.Sockets;
using Berth.Control.Deployments;
using Berth.Control.Logs;
using Berth.Model;
using Berth.Testing;
using Berth.Testing.Docker;

namespace Berth.Control.Tests.Reconciling;

/// <summary>Sidecars live and end with their sandbox.</summary>
public sealed class SidecarTests
{
    private const string AppToml = """
        [services.web]
        command = "serve"
        concurrency = { mode = "fixed" }
        [[services.web.env]]
        key = "WHO"
        value = "web"
        [[services.web.sidecars]]
        name = "the guide"
        command = "guide"
        memory = "32M"
        env = [{ key = "WHO", value = "guide" }]
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sidecar_gets_the_services_variables_and_its_own_and_prints_under_its_own_name()
    {
        await using var house = await ControlUnderTest.StartAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, (await DeployAsync(house)).Outcome);

        var (web, sidecar) = (Own(house), Assert.Single(Sidecars(house)));
        Assert.Equal(web.Name + ".1", sidecar.Name);
        Assert.Contains("WHO=guide", sidecar.Env);
        Assert.Contains($"BERTH_SANDBOX={web.Name}", sidecar.Env);
        Assert.Equal(32 * ByteSize.MiB, (long)sidecar.Request["HostConfig"]!["Memory"]!);
        Assert.Equal([web.Name], house.Router.Routed("demo"));
        sidecar.Print("hello\n");
        web.Print("hi\n");
        await Eventually.HoldsAsync(async () => (await LinesAsync(house, "web")).SetEquals(["web/the-guide hello", "web hi"]));
        Assert.Equal(["web/the-guide hello"], await LinesAsync(house, "web/the-guide"));
        Assert.Empty(await LinesAsync(house, "we"));
    }

    [Fact]
    public async Task The_end_of_a_sidecar_replaces_its_sandbox_and_is_told_as_the_crash()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await DeployAsync(house);
        var first = Own(house);

        Assert.Single(Sidecars(house)).Exit(7);

        await Eventually.HoldsAsync(() => !house.Docker.Containers.Any(c => c.Labels[Labels.Sandbox] == first.Name) && house.Router.Routed("demo") is [var routed] && routed != first.Name);
        Assert.Equal((2, 1), (house.Docker.Containers.Count, Sidecars(house).Count));
        var crash = house.Stores.Crashes.List("demo").Values.Single();
        Assert.Equal((first.Name, 7, "sidecar the guide ended with code 7, and the sandbox with it"), (crash.Sandbox, crash.ExitCode, crash.LastLines[^1]));
        Assert.Equal("the guide", house.Stores.Capsules.Find(first.Name)!.Sidecar);
        Assert.Contains("web sidecar the guide ended with code 7, and the sandbox with it", await LinesAsync(house, "web"));
    }

    [Fact]
    public async Task The_end_of_the_services_process_takes_the_sidecar_along()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await DeployAsync(house);
        var (first, sidecar) = (Own(house), Assert.Single(Sidecars(house)));

        first.Exit(4);

        await Eventually.HoldsAsync(() => !house.Docker.Containers.Contains(first) && !house.Docker.Containers.Contains(sidecar) && Sidecars(house).Count == 1);
        Assert.Equal(4, house.Stores.Crashes.List("demo").Values.Single().ExitCode);
    }

    [Fact]
    public async Task A_start_that_a_kill_cut_off_before_the_sidecar_leaves_nothing_behind()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await DeployAsync(house);
        var first = Own(house);
        await house.EndAsync();
        await RemoveAsync(house, Assert.Single(Sidecars(house)));

        await house.BeginAgainAsync();

        await Eventually.HoldsAsync(() => house.Router.Routed("demo") is [var routed] && routed != first.Name && house.Docker.Containers.Count == 2);
        Assert.Equal(Own(house).Name, Sidecars(house)[0].Labels[Labels.Sandbox]);
        Assert.Empty(house.Stores.Crashes.List("demo"));
    }

    [Fact]
    public async Task A_changed_sidecar_is_another_release()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await DeployAsync(house);
        Assert.True((await EndAsync(house, AppToml)).Unchanged);

        foreach (var (from, to) in new[] { ("32M", "33M"), ("value = \"guide\"", "value = \"other\""), ("command = \"guide\"", "command = \"else\""), ("the guide", "a guide") })
            Assert.False((await EndAsync(house, AppToml.Replace(from, to, StringComparison.Ordinal))).Unchanged);
    }

    [Fact]
    public async Task A_sidecar_that_cannot_start_fails_the_deployment_by_its_name()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");

        var result = await EndAsync(house, AppToml.Replace("memory = \"32M\"", "image = \"example/none:1\"", StringComparison.Ordinal));

        Assert.Equal(DeploymentOutcome.Failed, result.Outcome);
        Assert.Contains("example/none:1", result.Error, StringComparison.Ordinal);
        Assert.Empty(house.Docker.Containers);
    }

    [Fact]
    public async Task Jobs_and_crons_run_alone()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");

        Assert.Equal(DeploymentOutcome.Succeeded, (await EndAsync(house, "release = \"echo migrated\"\n" + AppToml)).Outcome);

        Assert.DoesNotContain(house.Docker.Calls, call => call.Contains("release", StringComparison.Ordinal) && call.Contains(".1", StringComparison.Ordinal));
    }

    private static async Task<DeploymentResult> DeployAsync(ControlUnderTest house)
    {
        house.Control.Apps.Create("demo");
        return await EndAsync(house, AppToml);
    }

    private static async Task<DeploymentResult> EndAsync(ControlUnderTest house, string appToml) =>
        await house.EndOfAsync(await house.BeginDeployAsync("demo", new Dictionary<string, string> { [".berth/app.toml"] = appToml, ["Dockerfile"] = $"FROM {ControlUnderTest.Image}\n" }));

    private static FakeContainer Own(ControlUnderTest house) => Assert.Single(house.Docker.Containers, c => c.IsAlive && !c.Labels.ContainsKey(Labels.Sidecar));

    private static IReadOnlyList<FakeContainer> Sidecars(ControlUnderTest house) => [.. house.Docker.Containers.Where(c => c.IsAlive && c.Labels.ContainsKey(Labels.Sidecar))];

    /// <summary>Each with what it is marked with.</summary>
    private static async Task<HashSet<string>> LinesAsync(ControlUnderTest house, string service)
    {
        var lines = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var line in house.Control.Logs.ReadAsync("demo", new LogQuery { Service = service }, Ct))
            lines.Add($"{line.Service} {line.Text}");
        return lines;
    }

    private static async Task RemoveAsync(ControlUnderTest house, FakeContainer container)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(house.Docker.Socket), ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        (await http.DeleteAsync(new Uri($"http://docker/containers/{container.Id}?force=1"), Ct)).EnsureSuccessStatusCode();
    }
}
