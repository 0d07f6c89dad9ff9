using Berth.Model;
using Berth.Planning.Autoscaling;

namespace Berth.Planning.Tests;

public sealed class AutoscalerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
    private static readonly Scaling Auto = Scaling.Automatic() with { RequestsPerInstance = 10, ScaleDownDelay = TimeSpan.FromMinutes(15) };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(10, 1)]
    [InlineData(11, 2)]
    [InlineData(5000, 20)]
    public void As_many_are_wanted_as_the_requests_need_up_to_the_bound(int requests, int wanted) =>
        Assert.Equal(wanted, Autoscaler.Decide(Auto, new DemandWindow(), requests, Start).Desired);

    [Fact]
    public void Fewer_are_wanted_only_when_the_highest_need_is_older_than_the_delay()
    {
        var window = new DemandWindow();
        Assert.Equal(3, Autoscaler.Decide(Auto, window, 25, Start).Desired);
        var down = Autoscaler.Decide(Auto, window, 12, Start.AddMinutes(1));

        Assert.Equal((3, Start.AddMinutes(16)), (down.Desired, down.ChangesAt));
        Assert.Contains("kept for 15m", down.Reason, StringComparison.Ordinal);
        Assert.Equal(2, Autoscaler.Decide(Auto, window, 0, Start.AddMinutes(16)).Desired);
        Assert.Equal(0, Autoscaler.Decide(Auto, window, 0, Start.AddMinutes(31)).Desired);
        Assert.Null(Autoscaler.Decide(Auto, window, 0, Start.AddMinutes(31)).ChangesAt);
    }

    [Fact]
    public void The_least_that_was_asked_for_always_runs_and_the_reason_says_so()
    {
        var decision = Autoscaler.Decide(Auto with { MinInstances = 2 }, new DemandWindow(), 0, Start);

        Assert.Equal(2, decision.Desired);
        Assert.Contains("min_instances is 2", decision.Reason, StringComparison.Ordinal);
    }

    /// <summary>Against the plain way: keep every level and look through all of them.</summary>
    [Fact]
    public void The_window_gives_what_looking_through_all_of_the_past_gives()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var window = new DemandWindow();
            var (now, level) = (Start, 0);
            var levels = new List<(DateTimeOffset From, DateTimeOffset To, int Level)>();
            var delay = TimeSpan.FromSeconds(random.Next(0, 60));
            for (int step = 0; step < 200; step++)
            {
                var next = now.AddSeconds(random.Next(0, 10));
                levels.Add((now, next, level));
                (now, level) = (next, random.Next(0, 8));
                window.Set(level, now);
                // A level that lasted no time was in force at no moment but its own.
                var expected = levels.Where(l => l.To > now - delay && l.To > l.From).Select(l => l.Level).Append(level).Max();
                var lasted = levels.Where(l => l.To > now - delay).Select(l => l.Level).Append(level).Max();
                Assert.InRange(window.Highest(now - delay).Level, expected, lasted);
            }
        }
    }

    [Theory]
    [InlineData("steady")]
    [InlineData("bursty")]
    [InlineData("daily")]
    [InlineData("one an hour")]
    public void A_replayed_trace_is_always_served_within_bounds_and_near_the_least_cost(string trace)
    {
        var scaling = Auto with { ScaleDownDelay = TimeSpan.FromMinutes(2), MaxInstances = 20 };
        var replay = TraceReplay.Of(trace, scaling);

        Assert.Equal(0, replay.SecondsShort);
        Assert.InRange(replay.Most, 0, 20);
        Assert.True(replay.Cost <= 1.3 * replay.LeastCost, $"{replay.Cost} instance-seconds, the least possible with the same delay is {replay.LeastCost}");
        Assert.True(replay.Changes <= replay.DemandChanges, $"{replay.Changes} changes for {replay.DemandChanges} changes of demand");
    }
}
