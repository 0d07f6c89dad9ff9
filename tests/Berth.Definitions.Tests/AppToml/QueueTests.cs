using Berth.Model;
using static Berth.Definitions.Tests.DefinitionFixture;

namespace Berth.Definitions.Tests.AppToml;

public sealed class QueueTests
{
    private const string Worker = "[services.worker]\ncommand = \"x\"\n[services.worker.concurrency]\nmode = \"queue\"\n";

    [Fact]
    public void A_redis_list_is_enough_and_the_rest_has_defaults()
    {
        var scaling = Read("web: x", Worker + "redis_list = \"redis://redis/0#jobs\"").Valid().Services.Single(s => s.Name == "worker").Scaling;

        Assert.Equal(new QueueSource { Kind = QueueSourceKind.RedisList, Text = "redis://redis/0#jobs", Interval = TimeSpan.FromSeconds(15) }, scaling.Queue);
        Assert.Equal((ScalingMode.Queue, 10, 0, 20, 0, TimeSpan.FromMinutes(5)), (scaling.Mode, scaling.JobsPerInstance, scaling.MinInstances, scaling.MaxInstances, scaling.Standby, scaling.ScaleDownDelay));
    }

    [Fact]
    public void All_of_it_can_be_said()
    {
        var worker = Read("web: x", Worker + "sql = \"SELECT 1\"\nurl = \"$DATABASE_URL\"\njobs_per_instance = 3\nmin_instances = 1\nmax_instances = 4\ninterval = \"30s\"\nscale_down_delay = \"1m\"\nquiet_signal = \"TSTP\"\nquiet_for = \"20s\"")
            .Valid().Services.Single(s => s.Name == "worker");

        Assert.Equal(new QueueSource { Kind = QueueSourceKind.Sql, Text = "SELECT 1", Url = "$DATABASE_URL", Interval = TimeSpan.FromSeconds(30) }, worker.Scaling.Queue);
        Assert.Equal((3, 1, 4, TimeSpan.FromMinutes(1)), (worker.Scaling.JobsPerInstance, worker.Scaling.MinInstances, worker.Scaling.MaxInstances, worker.Scaling.ScaleDownDelay));
        Assert.Equal(new QuietStop("TSTP", TimeSpan.FromSeconds(20)), worker.Quiet);
    }

    [Theory]
    [InlineData("http = \"http://web:8000/queue\"\njson = \"depth.now\"")]
    [InlineData("http = \"$QUEUE_PAGE/depth\"")]
    [InlineData("redis_list = \"$REDIS_URL#jobs\"")]
    [InlineData("redis_list = \"redis://:pw@redis.app.berth:6380#a:b\"")]
    [InlineData("command = \"bin/depth\"")]
    public void Each_source_can_be_written(string source) => Read("web: x", Worker + source).Valid();

    [Theory]
    [InlineData("", "one-queue-source", 4)]
    [InlineData("command = \"x\"\nhttp = \"http://web/\"", "one-queue-source", 4)]
    [InlineData("command = \"x\"\njson = \"a\"", "key-alone", 6)]
    [InlineData("sql = \"SELECT 1\"", "key-alone", 5)]
    [InlineData("redis_list = \"redis://redis/0\"", "bad-queue-url", 5)]
    [InlineData("http = \"https://elsewhere/\"", "bad-queue-url", 5)]
    [InlineData("sql = \"SELECT 1\"\nurl = \"mysql://db/x\"", "bad-queue-url", 6)]
    [InlineData("command = \"x\"\ninterval = \"1s\"", "out-of-range", 6)]
    [InlineData("command = \"x\"\nstandby = 1", "key-of-other-mode", 6)]
    [InlineData("command = \"x\"\nquiet_signal = \"KILL\"", "bad-choice", 6)]
    [InlineData("command = \"x\"\nquiet_for = \"5s\"", "key-alone", 6)]
    [InlineData("command = \"x\"\nmin_instances = 5\nmax_instances = 2", "min-above-max", 6)]
    public void What_cannot_be_meant_is_an_error(string more, string code, int line) => Assert.Equal([(code, line)], Problems(Worker + more));

    [Theory]
    [InlineData("[services.web.concurrency]\nmode = \"queue\"\ncommand = \"x\"", "queue-for-workers", 2)]
    [InlineData("[services.worker.concurrency]\nmode = \"fixed\"\ninterval = \"5s\"", "key-of-other-mode", 3)]
    public void Other_modes_and_services_have_none(string appToml, string code, int line) => Assert.Equal([(code, line)], Problems(appToml));
}
