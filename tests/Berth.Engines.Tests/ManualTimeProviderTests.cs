using Berth.Testing;

namespace Berth.Engines.Tests;

/// <summary>The clock that all rooms' tests rely on.</summary>
public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delay_ends_when_the_clock_has_come_to_it_and_not_before()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(10), _clock, Ct);

        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(delay.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(0.1));
        await delay;
        Assert.Equal(0, _clock.PendingTimers);
    }

    [Fact]
    public void Timers_fire_in_order_and_see_the_time_at_which_they_were_due()
    {
        var start = _clock.GetUtcNow();
        var fired = new List<(string, double)>();
        using var late = _clock.CreateTimer(_ => fired.Add(("late", (_clock.GetUtcNow() - start).TotalSeconds)), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        using var often = _clock.CreateTimer(_ => fired.Add(("often", (_clock.GetUtcNow() - start).TotalSeconds)), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal([("often", 2), ("often", 4), ("late", 5), ("often", 6)], fired);
        Assert.Equal(6, (_clock.GetUtcNow() - start).TotalSeconds);
    }

    [Fact]
    public async Task A_test_can_wait_until_something_waits()
    {
        var waiting = _clock.WaitForTimersAsync(1, Ct);
        Assert.False(waiting.IsCompleted);

        using var source = new CancellationTokenSource(TimeSpan.FromMinutes(1), _clock);
        await waiting;
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.True(source.IsCancellationRequested);
    }

    [Fact]
    public void A_jump_of_the_wall_clock_fires_nothing()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMinutes(1), _clock);

        long before = _clock.GetTimestamp();
        _clock.Jump(_clock.GetUtcNow().AddYears(1));
        Assert.Equal(before, _clock.GetTimestamp());
        Assert.False(source.IsCancellationRequested);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(source.IsCancellationRequested);
    }
}
