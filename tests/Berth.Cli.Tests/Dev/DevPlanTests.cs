using Berth.Cli.Dev;
using Berth.Model;

namespace Berth.Cli.Tests.Dev;

public sealed class DevPlanTests
{
    private static readonly AppDefinition App = new() { Services = [Service("web"), Service("worker"), Service("db") with { Image = "postgres:16" }, Service("cmd") with { Command = null }] };

    [Theory]
    [InlineData(null, null, "", "web.1:5000 worker.1:5100 db.1:5200")]
    [InlineData("all=2", null, "", "web.1:5000 web.2:5001 worker.1:5100 worker.2:5101 db.1:5200")]
    [InlineData("worker=2", null, "", "worker.1:5100 worker.2:5101")]
    [InlineData("worker=0,all=1", null, "", "web.1:5000 db.1:5200")]
    [InlineData(null, "worker=2", "", "web.1:5000 worker.1:5100 worker.2:5101 db.1:5200")]
    [InlineData(null, null, "worker", "worker.1:5100")]
    [InlineData("worker=3", null, "worker", "worker.1:5100 worker.2:5101 worker.3:5102")]
    [InlineData("web=3", null, "worker", "worker.1:5100")]
    public void Ports_and_numbers_follow_the_place_of_a_service_whatever_else_runs(string? formation, string? concurrency, string chosen, string expected)
    {
        var counts = formation is not null ? Formation.Parse(formation, 0) : concurrency is not null ? Formation.Parse(concurrency, 1) : Formation.Default;

        var plan = DevPlan.Of(App, chosen.Split(' ', StringSplitOptions.RemoveEmptyEntries), counts, DevPlan.DefaultPort);

        Assert.Equal(expected, string.Join(' ', plan.Processes.Concat(plan.Containers).OrderBy(p => p.Port).Select(p => $"{p.Name}:{p.Port}")));
    }

    [Fact]
    public void A_service_whose_command_is_in_an_image_that_is_not_built_yet_is_left_out()
    {
        var plan = DevPlan.Of(App, [], Formation.Default, DevPlan.DefaultPort);

        Assert.Equal(["cmd"], plan.LeftOut.Select(s => s.Name));
    }

    [Fact]
    public void Sidecars_run_beside_each_process_of_their_service_and_those_of_images_are_left_out()
    {
        SidecarDefinition[] sidecars = [new() { Name = "log shipper", Command = "ship", Env = [new EnvVar("A", "2")] }, new() { Name = "proxy", Image = "envoy:1" }];
        var app = new AppDefinition
        {
            Services =
            [
                new() { Name = "web", Command = "serve", Env = [new EnvVar("A", "1")], Sidecars = sidecars, Scaling = Scaling.FixedAt(1), Source = "app.toml" },
                new() { Name = "redis", Image = "redis:7", Sidecars = [new() { Name = "watch", Command = "watch" }], Scaling = Scaling.FixedAt(1), Source = "app.toml" },
            ],
        };

        var plan = DevPlan.Of(app, [], Formation.Parse("web=2,redis=1", 0), DevPlan.DefaultPort);

        Assert.Equal(["web.1 serve 5000 1", "web.1/log-shipper ship 5000 2", "web.2 serve 5001 1", "web.2/log-shipper ship 5001 2"],
            plan.Processes.Select(p => $"{p.Name} {p.Service.Command} {p.Port} {p.Service.Env[0].Value}"));
        Assert.Equal([("web", "proxy"), ("redis", "watch")], plan.LeftOutSidecars.Select(left => (left.Service, left.Sidecar.Name)));
    }

    [Theory]
    [InlineData("web")]
    [InlineData("web=-1")]
    [InlineData("web=x")]
    [InlineData("web=101")]
    [InlineData("web=1,web=2")]
    [InlineData("=1")]
    [InlineData("")]
    public void A_formation_that_cannot_be_meant_is_refused(string formation) =>
        Assert.Equal(ExitCodes.Usage, Assert.Throws<CliException>(() => Formation.Parse(formation, 0)).ExitCode);

    [Fact]
    public void An_unknown_service_is_refused_with_the_nearest_one()
    {
        var problem = Assert.Throws<CliException>(() => DevPlan.Of(App, ["wroker"], Formation.Default, DevPlan.DefaultPort));

        Assert.Contains("did you mean \"worker\"?", problem.Message);
    }

    [Fact]
    public void A_port_past_the_last_one_is_refused_before_anything_runs() =>
        Assert.Contains("worker.1 would have port 65600", Assert.Throws<CliException>(() => DevPlan.Of(App, [], Formation.Default, 65500)).Message);

    [Fact]
    public void Of_equal_variables_the_more_special_one_wins()
    {
        var web = Service("web") with { Env = [new("OWN", "service"), new("PORT", "80")] };
        var environment = new DevEnvironment("shop", [new("A", "app"), new("B", "app"), new("OWN", "app")], [new("B", "file"), new("OWN", "file"), new("PORT", "7000")]);

        var plain = environment.For(new DevProcess("worker.2", Service("worker"), 5101, 1), [new("DB_HOST", "127.0.0.1"), new("A", "address")]).ToDictionary(v => v.Key, v => v.Value);
        var special = environment.For(new DevProcess("web.1", web, 5000, 0), []).ToDictionary(v => v.Key, v => v.Value);

        Assert.Equal(new Dictionary<string, string>
        {
            ["PORT"] = "5101", ["BERTH_APP"] = "shop", ["BERTH_SERVICE"] = "worker", ["BERTH_RELEASE"] = "dev", ["BERTH_SANDBOX"] = "worker.2", ["PS"] = "worker.2",
            ["DB_HOST"] = "127.0.0.1", ["A"] = "app", ["B"] = "file", ["OWN"] = "file",
        }, plain);
        Assert.Equal(("service", "80"), (special["OWN"], special["PORT"]));
    }

    private static ServiceDefinition Service(string name) => new() { Name = name, Command = "true", Scaling = Scaling.FixedAt(1), Source = "Procfile:1" };
}
