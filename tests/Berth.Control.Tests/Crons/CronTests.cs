using Berth.Control.Store;
using Berth.Model;
using Berth.Testing;
using Berth.Testing.Docker;

namespace Berth.Control.Tests.Crons;

/// <summary>Crons run by a clock that can be set forward; all timers are real.</summary>
public sealed class CronTests
{
    private readonly ShiftedClock _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cron_runs_at_its_time_with_the_apps_variables_and_is_noted_with_its_exit_code()
    {
        await using var house = await StartAsync("0 3 * * *", "echo $GREETING; exit 3", "[[env]]\nkey = \"GREETING\"\nvalue = \"good night\"\n");
        Assert.Empty(house.Stores.Crons.List("demo", null, 10));

        _clock.SetTo(3, 0);
        var run = await EndedAsync(house, 1);

        Assert.Equal((CronOutcome.Failed, 3, "nightly"), (run.Outcome, run.ExitCode, run.Cron));
        Assert.Equal((3, 0), (run.Due!.Value.Hour, run.Due.Value.Minute));
        var line = Assert.Single(await house.Control.Logs.LastLinesAsync("demo", run.Id, 10, Ct));
        Assert.Equal("good night", line);
        await Eventually.HoldsAsync(() => house.Docker.Containers.All(c => c.Labels[Labels.Role] == "service"));

        _clock.SetTo(3, 1);
        await house.Control.Crons.RunAsync(house.Stores.Apps.Find("demo")!, "nightly", Ct);
        await EndedAsync(house, 2);
        Assert.Single(house.Stores.Crons.List("demo", "nightly", 10), r => r.Due is not null);
    }

    [Fact]
    public async Task One_that_still_runs_is_not_begun_again()
    {
        await using var house = await StartAsync("0 * * * *", "work", more: "timeout = \"3h\"\n");
        _clock.SetTo(3, 0);
        await Eventually.HoldsAsync(() => Running(house).Count == 1);

        _clock.SetTo(4, 0);
        await Eventually.HoldsAsync(() => house.Stores.Crons.List("demo", null, 10).Count == 2);

        Assert.Equal(CronOutcome.Skipped, house.Stores.Crons.List("demo", null, 1)[0].Outcome);
        Assert.Single(Running(house));
        Assert.Equal("cron-runs", (await house.Control.Crons.RunAsync(house.Stores.Apps.Find("demo")!, "nightly", Ct)).Error!.Code);
    }

    [Fact]
    public async Task One_that_may_overlap_runs_beside_itself()
    {
        await using var house = await StartAsync("0 3 * * *", "work", more: "overlap = true\n");
        var app = house.Stores.Apps.Find("demo")!;

        Assert.Null((await house.Control.Crons.RunAsync(app, "nightly", Ct)).Error);
        Assert.Null((await house.Control.Crons.RunAsync(app, "nightly", Ct)).Error);

        Assert.Equal(2, Running(house).Count);
    }

    [Fact]
    public async Task A_run_goes_on_through_a_restart_of_berthd_and_its_end_is_noted()
    {
        await using var house = await StartAsync("0 3 * * *", "work");
        await house.Control.Crons.RunAsync(house.Stores.Apps.Find("demo")!, "nightly", Ct);
        var container = Assert.Single(Running(house));
        await house.RestartAsync();
        Assert.True(container.IsAlive);
        await house.EndAsync();
        container.Print("the end\n");
        container.Exit(0);

        await house.BeginAgainAsync();

        var run = await EndedAsync(house, 1);
        Assert.Equal((CronOutcome.Succeeded, 0), (run.Outcome, run.ExitCode));
        Assert.Equal(["the end"], await house.Control.Logs.LastLinesAsync("demo", run.Id, 10, Ct));
    }

    [Theory]
    [InlineData(3, 50, CronOutcome.Succeeded)]
    [InlineData(9, 0, CronOutcome.Missed)]
    public async Task What_was_missed_is_made_up_within_the_hour_and_noted_after(int hour, int minute, CronOutcome outcome)
    {
        await using var house = await StartAsync("0 3 * * *", "echo hello");
        await house.EndAsync();
        _clock.SetTo(hour, minute);

        await house.BeginAgainAsync();

        var run = await EndedAsync(house, 1);
        Assert.Equal((outcome, 3), (run.Outcome, run.Due!.Value.Hour));
        Assert.Single(house.Stores.Crons.List("demo", null, 10));
    }

    [Fact]
    public async Task One_that_takes_too_long_is_stopped()
    {
        await using var house = await StartAsync("0 3 * * *", "work", more: "timeout = \"10m\"\n");
        _clock.SetTo(3, 0);
        await Eventually.HoldsAsync(() => Running(house).Count == 1);

        _clock.SetTo(3, 15);

        Assert.Equal(CronOutcome.TimedOut, (await EndedAsync(house, 1)).Outcome);
        await Eventually.HoldsAsync(() => Running(house).Count == 0);
    }

    [Fact]
    public async Task One_that_cannot_be_started_says_why()
    {
        await using var house = await StartAsync("0 3 * * *", "work");
        house.Docker.FailNext("POST /containers/*/start", 400, "exec: \"work\": executable file not found");

        var run = (await house.Control.Crons.RunAsync(house.Stores.Apps.Find("demo")!, "nightly", Ct)).Value;

        Assert.Equal(CronOutcome.Failed, run.Outcome);
        Assert.Contains("executable file not found", run.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_none_is_told()
    {
        await using var house = await StartAsync("0 3 * * *", "work");

        Assert.Equal("cron-not-found", (await house.Control.Crons.RunAsync(house.Stores.Apps.Find("demo")!, "none", Ct)).Error!.Code);
    }

    /// <summary>An app with a web service and a cron "nightly", deployed shortly after midnight.</summary>
    private async Task<ControlUnderTest> StartAsync(string schedule, string command, string before = "", string more = "")
    {
        _clock.SetTo(0, 1);
        var house = await ControlUnderTest.StartAsync(_clock, arrange => arrange.Options = arrange.Options with { CronPeriod = TimeSpan.FromMilliseconds(10) });
        Assert.Null(house.Control.Apps.Create("demo").Error);
        var toml = $"{before}[services.web]\ncommand = \"serve\"\n[[crons]]\nname = \"nightly\"\nschedule = \"{schedule}\"\ncommand = \"{command}\"\n{more}";
        var deployed = await house.EndOfAsync(await house.BeginDeployAsync("demo", new Dictionary<string, string> { [".berth/app.toml"] = toml }));
        Assert.Null(deployed.Error);
        return house;
    }

    private static IReadOnlyList<FakeContainer> Running(ControlUnderTest house) => [.. house.Docker.Containers.Where(c => c.IsAlive && c.Labels[Labels.Role] == "cron")];

    /// <summary>The newest of so many runs, once all have ended.</summary>
    private static async Task<CronRun> EndedAsync(ControlUnderTest house, int count)
    {
        await Eventually.HoldsAsync(() => house.Stores.Crons.List("demo", null, 100) is var runs && runs.Count == count && runs.All(r => r.Outcome != CronOutcome.Running));
        return house.Stores.Crons.List("demo", null, 1)[0];
    }

    /// <summary>The system's clock, some time ahead of itself: timers go as they do.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        private long _ahead;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

        /// <summary>Forward, to the next such time of day.</summary>
        public void SetTo(int hour, int minute)
        {
            var now = GetUtcNow();
            var then = new DateTimeOffset(now.Year, now.Month, now.Day, hour, minute, 0, TimeSpan.Zero);
            Interlocked.Add(ref _ahead, ((then > now ? then : then.AddDays(1)) - now).Ticks);
        }
    }
}
