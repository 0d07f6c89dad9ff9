using System.Threading.Channels;
using Berth.Control.Reconciling;
using Berth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Control.Tests.Reconciling;

public sealed class ReconcileLoopTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();

    // What ran, in order, and what the run is to do; a run waits for that.
    private readonly Channel<string> _runs = Channel.CreateUnbounded<string>();
    private readonly Channel<Func<DateTimeOffset?>> _answers = Channel.CreateUnbounded<Func<DateTimeOffset?>>();
    private readonly ReconcileLoop _loop;

    public ReconcileLoopTests() => _loop = new(RunAsync, appsAtOnce: 1, _time, NullLogger<ReconcileLoop>.Instance);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failure_is_tried_again_after_twice_the_time_up_to_half_a_minute_and_a_success_begins_anew()
    {
        _loop.Start();
        _loop.Mark("demo");
        foreach (var seconds in new[] { 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30 })
        {
            await FailAsync();
            await AssertNextAfterAsync(TimeSpan.FromSeconds(seconds));
        }
        await EndAsync(next: _time.GetUtcNow() + TimeSpan.FromMinutes(1));
        await AssertNextAfterAsync(TimeSpan.FromMinutes(1));
        await FailAsync();
        await AssertNextAfterAsync(TimeSpan.FromSeconds(0.2));
    }

    [Fact]
    public async Task A_mark_comes_before_the_time_that_was_asked_for_and_takes_its_place()
    {
        _loop.Start();
        _loop.Mark("demo");
        await EndAsync(next: _time.GetUtcNow() + TimeSpan.FromHours(1));
        await _time.WaitForTimersAsync(1, Ct);

        _loop.Mark("demo");

        Assert.Equal(0, _time.PendingTimers);
        await EndAsync(next: null);
    }

    [Fact]
    public async Task A_time_that_is_past_is_looked_at_again_at_once()
    {
        _loop.Start();
        _loop.Mark("demo");
        await EndAsync(next: _time.GetUtcNow() - TimeSpan.FromHours(1));
        await AssertNextAfterAsync(TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task However_often_an_app_is_marked_while_it_runs_it_runs_once_more()
    {
        _loop.Start();
        _loop.Mark("demo");
        Assert.Equal("demo", await _runs.Reader.ReadAsync(Ct));
        for (int i = 0; i < 3; i++)
            _loop.Mark("demo");

        Answer(null);
        await EndAsync(next: _time.GetUtcNow() + TimeSpan.FromHours(1));

        await _time.WaitForTimersAsync(1, Ct);
        Assert.False(_runs.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Of_more_apps_than_may_run_at_once_one_waits_for_the_other()
    {
        _loop.Mark("one");
        _loop.Mark("two");
        Assert.False(_runs.Reader.TryRead(out _));
        _loop.Start();
        var first = await _runs.Reader.ReadAsync(Ct);
        Assert.False(_runs.Reader.TryRead(out _));

        Answer(null);

        Assert.Equal(first == "one" ? "two" : "one", await _runs.Reader.ReadAsync(Ct));
        Answer(null);
    }

    [Fact]
    public async Task After_its_end_nothing_runs_any_more()
    {
        _loop.Start();
        _loop.Mark("demo");
        await FailAsync();
        await _time.WaitForTimersAsync(1, Ct);

        await _loop.DisposeAsync();
        _loop.Mark("demo");

        Assert.Equal(0, _time.PendingTimers);
        Assert.False(_runs.Reader.TryRead(out _));
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task<DateTimeOffset?> RunAsync(string app, CancellationToken ct)
    {
        await _runs.Writer.WriteAsync(app, ct);
        return (await _answers.Reader.ReadAsync(ct))();
    }

    private void Answer(DateTimeOffset? next) => _answers.Writer.TryWrite(() => next);

    private async Task EndAsync(DateTimeOffset? next)
    {
        await _runs.Reader.ReadAsync(Ct);
        Answer(next);
    }

    private async Task FailAsync()
    {
        await _runs.Reader.ReadAsync(Ct);
        _answers.Writer.TryWrite(() => throw new InvalidOperationException("the engine is away"));
    }

    /// <summary>Not a tick sooner: what fires leaves the clock's timers at once.</summary>
    private async Task AssertNextAfterAsync(TimeSpan delay)
    {
        await _time.WaitForTimersAsync(1, Ct);
        _time.Advance(delay - TimeSpan.FromTicks(1));
        Assert.Equal(1, _time.PendingTimers);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0, _time.PendingTimers);
    }
}
