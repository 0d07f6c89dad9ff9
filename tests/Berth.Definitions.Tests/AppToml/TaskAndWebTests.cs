using static Berth.Definitions.Tests.DefinitionFixture;

namespace Berth.Definitions.Tests.AppToml;

public sealed class TaskAndWebTests
{
    private const string Migrate = "[tasks.migrate]\ncommand = \"migrate\"\ntrigger = \"deploy\"\nmax_concurrent = 1\n";

    [Fact]
    public void The_task_of_a_deployment_is_the_release_command()
    {
        Assert.Equal("migrate", Read(appToml: Migrate).Valid().ReleaseCommand);
        Assert.Equal("migrate", Read("web: x\nrelease: other", Migrate).Valid().ReleaseCommand);
    }

    [Theory]
    [InlineData("release = \"x\"\n" + Migrate, "release-twice", 2)]
    [InlineData(Migrate + "[tasks.seed]\ncommand = \"seed\"\ntrigger = \"deploy\"", "release-twice", 5)]
    [InlineData("[tasks.migrate]\ntrigger = \"deploy\"", "missing-key", 1)]
    [InlineData("[tasks.migrate]\ncommand = \"x\"\ntrigger = \"whenever\"", "bad-choice", 3)]
    [InlineData(Migrate + "retries = 2", "not-carried-out", 5)]
    [InlineData(Migrate + "schedule = \"daily\"", "not-carried-out", 5)]
    [InlineData(Migrate + "port = 80", "unknown-key", 5)]
    public void A_task_that_cannot_be_run_is_an_error(string appToml, string code, int line) => Assert.Equal([(code, line)], Problems(appToml));

    [Fact]
    public void Web_false_keeps_the_stack_from_adding_one()
    {
        Assert.Equal(["worker"], Read("worker: x", "web = false", Python).Valid().Services.Select(s => s.Name));
        Assert.Equal(["web"], Read(appToml: "web = false\n[services.web]\ncommand = \"x\"", stack: Python).Valid().Services.Select(s => s.Name));
        var problem = Assert.Single(Read(appToml: "web = false", stack: Python).Diagnostics);
        Assert.Equal("no-service", problem.Code);
    }

    [Fact]
    public void Web_true_asks_for_one_beside_the_other_services()
    {
        var services = Read("worker: x", "web = true", Python).Valid().Services;
        Assert.Equal([("web", "python app.py"), ("worker", "x")], services.Select(s => (s.Name, s.Command!)));
        Assert.Equal(["worker", "web"], Read(appToml: "web = true\n[services.worker]\n[services.web]").Valid().Services.Select(s => s.Name));
    }
}
