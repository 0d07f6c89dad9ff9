using Berth.Model;
using static Berth.Definitions.Tests.DefinitionFixture;

namespace Berth.Definitions.Tests.AppToml;

public sealed class CronTests
{
    private const string Nightly = "[[crons]]\nschedule = \"0 3 * * *\"\ncommand = \"clean\"\n";

    [Fact]
    public void A_cron_has_a_schedule_and_a_command_and_defaults_for_the_rest()
    {
        var cron = Assert.Single(Read("web: x", Nightly).Valid().Crons);

        Assert.Equal(new CronDefinition { Name = "cron-1", Schedule = "0 3 * * *", Command = "clean", TimeZone = "UTC", Overlap = false, Timeout = TimeSpan.FromHours(1), Source = ".miren/app.toml:1" }, cron);
    }

    [Fact]
    public void All_of_it_can_be_said()
    {
        var cron = Read("web: x\nworker: y", Nightly + "name = \"clean\"\ntimezone = \"Europe/Berlin\"\nservice = \"worker\"\noverlap = true\ntimeout = \"10m\"").Valid().Crons[0];

        Assert.Equal(("clean", "Europe/Berlin", "worker", true, TimeSpan.FromMinutes(10)), (cron.Name, cron.TimeZone, cron.Service, cron.Overlap, cron.Timeout));
    }

    [Theory]
    [InlineData("[[crons]]\ncommand = \"x\"", "missing-key", 1)]
    [InlineData("[[crons]]\nschedule = \"@daily\"", "missing-key", 1)]
    [InlineData("[[crons]]\nschedule = \"every day\"\ncommand = \"x\"", "bad-schedule", 2)]
    [InlineData("[[crons]]\nschedule = \"0 0 30 2 *\"\ncommand = \"x\"", "bad-schedule", 2)]
    [InlineData(Nightly + "timezone = \"Mars/Olympus\"", "bad-timezone", 4)]
    [InlineData(Nightly + "name = \"a b\"", "bad-cron-name", 4)]
    [InlineData(Nightly + "timeout = \"0s\"", "out-of-range", 4)]
    [InlineData(Nightly + "port = 80", "unknown-key", 4)]
    [InlineData(Nightly + "name = \"n\"\n" + Nightly + "name = \"n\"", "cron-twice", 8)]
    [InlineData("[services.web]\n" + Nightly + "service = \"worker\"", "cron-of-no-service", 2)]
    [InlineData("[services.web]\n" + Nightly + "name = \"web\"", "cron-named-as-service", 2)]
    [InlineData("[tasks.clean]\ncommand = \"x\"\ntrigger = \"schedule\"\nschedule = \"0 3 * * *\"", "not-carried-out", 1)]
    public void What_cannot_be_meant_is_an_error(string appToml, string code, int line) => Assert.Equal([(code, line)], Problems(appToml));
}
