using Berth.Model;
using Berth.Testing;
using Berth.Testing.Docker;

namespace Berth.Control.Tests.Autoscaling;

/// <summary>A worker that goes by a number, through the whole of control on a fake engine, which runs the command that tells it.</summary>
public sealed class QueueScalingTests
{
    [Fact]
    public async Task Workers_follow_the_number_stay_while_it_is_not_known_and_go_to_zero()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: h => h.Options = h.Options with { QueuePeriod = TimeSpan.FromMilliseconds(20) });
        house.Control.Apps.Create("demo");

        await DeployAsync(house, "echo 25");
        await Eventually.HoldsAsync(() => Workers(house) == 3);
        Assert.Contains("25 jobs, 10 to an instance", house.Control.Demand.Last("demo", "worker")!.Reason, StringComparison.Ordinal);

        await DeployAsync(house, "echo broken; exit 3");
        await Eventually.HoldsAsync(() => house.Control.Demand.Last("demo", "worker")!.Reason.Contains("exit code 3: broken; kept at 3", StringComparison.Ordinal));
        Assert.Equal(3, Workers(house));

        await DeployAsync(house, "echo 0");
        await Eventually.HoldsAsync(() => Workers(house) == 0);
        Assert.Equal(1, house.Docker.Containers.Count(c => c.IsAlive));
    }

    [Fact]
    public async Task A_host_that_is_no_service_of_the_app_is_never_asked()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: h => h.Options = h.Options with { QueuePeriod = TimeSpan.FromMilliseconds(20) });
        house.Control.Apps.Create("demo");

        await DeployAsync(house, source: "http = \"http://127.0.0.1:1/\"");

        await Eventually.HoldsAsync(() => house.Control.Demand.Last("demo", "worker")?.Reason.Contains("\"127.0.0.1\" is no service of app \"demo\"", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_page_of_another_service_is_asked_at_its_sandbox()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: h => h.Options = h.Options with { QueuePeriod = TimeSpan.FromMilliseconds(20) });
        house.Control.Apps.Create("demo");
        await DeployAsync(house, source: "http = \"http://admin.app.berth:9000/queues\"\njson = \"queues.0.depth\"\ninterval = \"1s\"\n[services.admin]\ncommand = \"serve\"\nport = 9000");
        await Eventually.HoldsAsync(() => house.Control.Demand.Last("demo", "worker")?.Reason.Contains("it is no JSON", StringComparison.Ordinal) == true);

        Assert.Single(house.Running("demo", "admin")).Page = """{"queues":[{"depth":25}]}""";

        await Eventually.HoldsAsync(() => Workers(house) == 3);
    }

    [Fact]
    public async Task A_query_runs_in_the_databases_own_image_by_the_url_of_a_variable()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: h => h.Options = h.Options with { QueuePeriod = TimeSpan.FromMilliseconds(20) });
        house.Docker.AddImage("database:1", new FakeImage { Cmd = ["postgres"] });
        house.Control.Apps.Create("demo");
        await house.SetEnvAsync("demo", "DATABASE_URL", "postgres://postgres/shop");
        await DeployAsync(house, source: "sql = \"SELECT 1\"\nurl = \"$DATABASE_URL\"\n[services.postgres]\nimage = \"database:1\"");
        var query = await QueryAsync();
        Assert.Equal(["psql", "--no-psqlrc", "--no-align", "--tuples-only", "--command", "SELECT 1", "postgres://postgres/shop"], query.CommandLine);
        Assert.Same(Assert.Single(house.Running("demo", "postgres")).Image, query.Image);

        query.Print("25\n");
        query.Exit(0);

        await Eventually.HoldsAsync(() => Workers(house) == 3);

        async Task<FakeContainer> QueryAsync()
        {
            await Eventually.HoldsAsync(() => house.Docker.Containers.Any(c => c.IsAlive && c.Labels[Labels.Role] == "job"));
            return house.Docker.Containers.Single(c => c.IsAlive && c.Labels[Labels.Role] == "job");
        }
    }

    [Fact]
    public async Task A_worker_is_told_to_be_quiet_before_it_is_told_to_stop()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        await DeployAsync(house, source: "command = \"echo 0\"\nmin_instances = 1\nquiet_signal = \"TSTP\"\nquiet_for = \"0s\"");
        var worker = house.Docker.Containers.Single(c => c.IsAlive && c.Labels[Labels.Service] == "worker");

        house.Scale("demo", "worker", "0");

        await Eventually.HoldsAsync(() => !worker.IsAlive);
        Assert.Equal(["SIGTSTP"], worker.Signals);
    }

    private static Task DeployAsync(ControlUnderTest house, string? command = null, string? source = null) => DeployTomlAsync(house, $"""
        [services.web]
        command = "serve"
        [services.web.concurrency]
        mode = "fixed"
        [services.worker]
        command = "work"
        [services.worker.concurrency]
        mode = "queue"
        scale_down_delay = "0s"
        {source ?? $"command = \"{command}\""}
        """);

    private static async Task DeployTomlAsync(ControlUnderTest house, string appToml)
    {
        var result = await house.EndOfAsync(await house.BeginDeployAsync("demo", new Dictionary<string, string> { [".berth/app.toml"] = appToml }));
        Assert.Null(result.Error);
    }

    private static int Workers(ControlUnderTest house) => house.Docker.Containers.Count(c => c.IsAlive && c.Labels[Labels.Service] == "worker" && c.Labels[Labels.Role] == "service");
}
