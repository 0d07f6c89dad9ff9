using System.Net.Sockets;
using System.Security.Authentication;
using Berth.Control.Logs;
using Berth.Control.Store;

namespace Berth.Control.Drains;

/// <summary>How a drain does.</summary>
/// <param name="State"><c>waiting</c> for lines, <c>sending</c>, or <c>failing</c>.</param>
/// <param name="LastError">Why the last failure came about, also if it was overcome since.</param>
/// <param name="Sent">Lines since <c>berthd</c> started.</param>
/// <param name="Dropped">Lines that were never sent, since the drain was added.</param>
public sealed record DrainStatus(string State, string? LastError, DateTimeOffset? LastErrorAt, long Sent, long Dropped);

/// <summary>
/// Sends one app's lines to one receiver, from where it stopped. Its buffer is the log store itself: it reads there, in blocks, and goes on when a block
/// was taken. One that comes too far behind leaves lines out and says in the stream how many.
/// </summary>
internal sealed class DrainRun(Drain drain, AppLog log, DrainStore store, Func<Uri, IDrainTarget> open, ControlOptions options, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private LogPosition _position = drain.Position;
    private (LogPosition Position, long Dropped) _saved = (drain.Position, drain.Dropped);
    private DateTimeOffset _savedAt = time.GetUtcNow();
    private volatile DrainStatus _status = new("waiting", null, null, 0, drain.Dropped);

    public DrainStatus Status => _status;

    /// <summary>Until it is cancelled, or the app's log is gone.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            for (var pause = FirstPause; ; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.DrainLongestPause.Ticks)))
            {
                var before = _status.Sent;
                try
                {
                    await using var target = open(new Uri(drain.Url));
                    await SendAllAsync(target, ct);
                    return;
                }
                catch (Exception e) when (!ct.IsCancellationRequested && e is SocketException or IOException or HttpRequestException or AuthenticationException or DrainRefusedException or OperationCanceledException)
                {
                    var reason = e is OperationCanceledException ? $"the receiver took longer than {options.DrainTimeout.TotalSeconds:0} s" : e.Message;
                    _status = _status with { State = "failing", LastError = reason, LastErrorAt = time.GetUtcNow() };
                }
                if (_status.Sent > before)
                    pause = FirstPause;
                Save();
                await Task.Delay(pause, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
        finally
        {
            Save();
        }
    }

    private async Task SendAllAsync(IDrainTarget target, CancellationToken ct)
    {
        while (!log.IsClosed)
        {
            // Asked for before it is read: what comes in between is then not missed.
            var grown = log.GrownAsync();
            await LeaveOutAsync(target, ct);
            var (lines, next) = log.ReadBlock(_position);
            if (lines.Count == 0)
            {
                _status = _status with { State = "waiting" };
                await WaitAsync(grown, ct);
                continue;
            }
            _status = _status with { State = _status.State == "failing" ? "failing" : "sending" };
            await SendAsync(target, lines, ct);
            _position = next;
            _status = _status with { State = "sending", Sent = _status.Sent + lines.Count };
            if (time.GetUtcNow() - _savedAt >= options.DrainSavePeriod)
                Save();
        }
    }

    /// <summary>Goes on in the middle of what may wait, if more waits than may.</summary>
    private async Task LeaveOutAsync(IDrainTarget target, CancellationToken ct)
    {
        var waiting = log.BytesSince(_position);
        if (waiting <= options.DrainBacklogBytes)
            return;
        var (lines, next) = log.Skip(_position, waiting - (options.DrainBacklogBytes / 2));
        await SendAsync(target, [new(time.GetUtcNow(), 'E', "drain", "berthd", $"{lines} lines were left out here: the receiver did not take them as fast as they came")], ct);
        _position = next;
        _status = _status with { Dropped = _status.Dropped + lines };
        Save();
    }

    private async Task SendAsync(IDrainTarget target, IReadOnlyList<LogRecord> lines, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(options.DrainTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        await target.SendAsync(drain.App, lines, either.Token);
    }

    /// <summary>For more lines. What was sent is written down before it has been quiet for long.</summary>
    private async Task WaitAsync(Task grown, CancellationToken ct)
    {
        if (_saved != (_position, _status.Dropped))
        {
            await Task.WhenAny(grown, Task.Delay(options.DrainSavePeriod, time, ct));
            if (!grown.IsCompleted)
                Save();
        }
        await grown.WaitAsync(ct);
    }

    private void Save()
    {
        _savedAt = time.GetUtcNow();
        if (_saved == (_position, _status.Dropped))
            return;
        _saved = (_position, _status.Dropped);
        store.SetProgress(drain.Id, _position, _status.Dropped);
    }
}
