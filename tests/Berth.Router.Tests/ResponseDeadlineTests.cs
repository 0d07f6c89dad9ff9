using System.IO.Pipelines;
using Berth.Router.Forwarding;

namespace Berth.Router.Tests;

/// <summary>The deadline is the sandbox's, not the client's.</summary>
public sealed class ResponseDeadlineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_stands_still_while_the_client_is_sending_and_runs_again_when_it_has_sent()
    {
        var time = new SteppedTime();
        var body = new Pipe();
        using var deadline = new ResponseDeadline(Limit, time);
        await using var upload = new UploadStream(body.Reader.AsStream(), deadline);
        var read = upload.ReadAsync(new byte[10], Ct);
        time.Advance(TimeSpan.FromHours(1));
        Assert.False(deadline.IsOver);
        await body.Writer.WriteAsync("x"u8.ToArray(), Ct);
        Assert.Equal(1, await read);
        time.Advance(Limit - TimeSpan.FromSeconds(1));
        Assert.False(deadline.IsOver);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(deadline.IsOver);
    }

    [Fact]
    public async Task It_is_over_for_good_with_the_responses_head()
    {
        var time = new SteppedTime();
        var body = new Pipe();
        using var deadline = new ResponseDeadline(Limit, time);
        await using var upload = new UploadStream(body.Reader.AsStream(), deadline);
        var read = upload.ReadAsync(new byte[10], Ct);
        upload.Answered();
        deadline.Pause();
        await body.Writer.WriteAsync("x"u8.ToArray(), Ct);
        Assert.Equal(1, await read);
        time.Advance(TimeSpan.FromHours(1));
        Assert.False(deadline.IsOver);
    }

    /// <summary>Time that stands still until it is moved.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private readonly List<Timer> _timers = [];
        private TimeSpan _now;

        public void Advance(TimeSpan by)
        {
            _now += by;
            foreach (var timer in _timers.ToList())
                timer.FireIfDue();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(this, () => callback(state));
            timer.Change(dueTime, period);
            _timers.Add(timer);
            return timer;
        }

        private sealed class Timer(SteppedTime time, Action fire) : ITimer
        {
            private TimeSpan? _due;

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                _due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
                return true;
            }

            public void FireIfDue()
            {
                if (_due > time._now || _due is null)
                    return;
                _due = null;
                fire();
            }

            public void Dispose() => _due = null;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
