using Berth.Model;
using Berth.Planning.Autoscaling;

namespace Berth.Planning.Tests;

public sealed class QueueScalingTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
    private static readonly Scaling Queue = Scaling.ByQueue(source: null) with { JobsPerInstance = 10, ScaleDownDelay = TimeSpan.FromMinutes(5) };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(10, 1)]
    [InlineData(11, 2)]
    [InlineData(long.MaxValue, 20)]
    public void As_many_are_wanted_as_the_jobs_need_up_to_the_bound(long jobs, int wanted) => Assert.Equal(wanted, Decide(new(), jobs, 0, Start).Desired);

    [Fact]
    public void An_empty_queue_leads_to_zero_after_the_delay_and_not_before()
    {
        var window = new DemandWindow();
        Assert.Equal(5, Decide(window, 50, 0, Start).Desired);
        var kept = Decide(window, 0, 5, Start.AddMinutes(1));

        Assert.Equal((5, Start.AddMinutes(6)), (kept.Desired, kept.ChangesAt));
        Assert.Contains("0 jobs now; 5 needed until", kept.Reason, StringComparison.Ordinal);
        var gone = Decide(window, 0, 5, Start.AddMinutes(6));
        Assert.Equal((0, null, "no job for 5m"), (gone.Desired, gone.ChangesAt, gone.Reason));
    }

    [Fact]
    public void A_source_that_cannot_be_asked_stops_nothing_however_long_and_says_so()
    {
        var window = new DemandWindow();
        Decide(window, 30, 0, Start);
        var failing = Autoscaler.DecideByQueue(Queue, window, new(null, "redis did not answer"), 3, Start.AddHours(10));

        Assert.Equal((3, null), (failing.Desired, failing.ChangesAt));
        Assert.Contains("redis did not answer; kept at 3", failing.Reason, StringComparison.Ordinal);
        Assert.Equal(3, Decide(window, 0, 3, Start.AddHours(11)).Desired);
        Assert.Equal(0, Decide(window, 0, 3, Start.AddHours(11).AddMinutes(5)).Desired);
    }

    [Fact]
    public void What_ran_before_berthd_came_back_stays_until_the_source_was_asked() =>
        Assert.Equal(4, Autoscaler.DecideByQueue(Queue, new DemandWindow(), reading: null, 4, Start).Desired);

    [Fact]
    public void Whatever_is_told_the_bounds_hold_a_failure_lowers_nothing_and_a_need_is_met_at_once()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var scaling = Queue with { JobsPerInstance = random.Next(1, 20), MinInstances = random.Next(0, 3), MaxInstances = random.Next(3, 30), ScaleDownDelay = TimeSpan.FromSeconds(random.Next(0, 100)) };
            var window = new DemandWindow();
            var (now, last) = (Start, random.Next(scaling.MinInstances, scaling.MaxInstances + 1));
            var asked = new List<(DateTimeOffset At, int Need)>();
            for (int step = 0; step < 100; step++)
            {
                now = now.AddSeconds(random.Next(1, 40));
                var fails = random.Next(4) == 0;
                var jobs = random.Next(0, 300);

                var decided = Autoscaler.DecideByQueue(scaling, window, fails ? new(null, "away") : new(jobs, null), last, now).Desired;

                Assert.InRange(decided, scaling.MinInstances, scaling.MaxInstances);
                if (fails)
                    Assert.Equal(last, decided);
                else
                    Assert.True(decided >= Math.Min(scaling.MaxInstances, (jobs + scaling.JobsPerInstance - 1) / scaling.JobsPerInstance));
                // What was needed within the delay still runs.
                asked.RemoveAll(a => a.At <= now - scaling.ScaleDownDelay);
                Assert.All(asked, a => Assert.True(decided >= Math.Min(scaling.MaxInstances, a.Need), $"seed {seed}, step {step}"));
                if (!fails)
                    asked.Add((now, Autoscaler.NeedOfJobs(scaling, jobs)));
                last = decided;
            }
        }
    }

    private static ScalingDecision Decide(DemandWindow window, long jobs, int last, DateTimeOffset now) => Autoscaler.DecideByQueue(Queue, window, new(jobs, null), last, now);
}
