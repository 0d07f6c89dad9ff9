using System.Collections.Concurrent;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>Visitors of an app while something happens to it. Every visit that does not end as it should is remembered.</summary>
public sealed class SteadyLoad : IAsyncDisposable
{
    /// <summary>Between two requests of a visitor: so many that a gap shows, so few that the machine has time for the rest.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Task _visitors;
    private int _answered;

    private SteadyLoad(Func<IVisitor> newVisitor, int visitors) =>
        _visitors = Task.WhenAll(Enumerable.Range(0, visitors).Select(_ => Task.Run(() => VisitAsync(newVisitor))));

    /// <summary>Visits that ended as they should.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Whole pages, each visitor on a keep-alive connection of its own; four are about 200 requests a second.</summary>
    public static SteadyLoad On(BerthServer server, string app, string path = "/", int visitors = 4) => new(() => new PageVisitor(server, app, path), visitors);

    /// <summary>Pages that take seconds to come (see <see cref="UptimeImage.StreamPath"/>).</summary>
    public static SteadyLoad Streaming(BerthServer server, string app, int visitors) => new(() => new StreamVisitor(server, app), visitors);

    /// <summary>WebSockets that are open for seconds.</summary>
    public static SteadyLoad WebSockets(BerthServer server, string app, int visitors) => new(() => new WebSocketVisitor(server, app), visitors);

    /// <summary>Until that many more requests have been answered: the load is really there.</summary>
    public Task AnsweredAsync(int more, CancellationToken ct)
    {
        var goal = Answered + more;
        return Eventually.BecomesAsync($"{goal} requests are answered", () => Task.FromResult(Answered), answered => answered >= goal || !_failures.IsEmpty, ct);
    }

    /// <summary>Ends the load, each visit at its own end, and fails the test if one failed, or if there were hardly any.</summary>
    public async Task EndWithoutFailureAsync(int atLeast)
    {
        await StopAsync();
        Assert.True(_failures.IsEmpty, $"{_failures.Count} requests failed, {_answered} did not; the first:\n{string.Join('\n', _failures.Take(5))}");
        Assert.True(_answered >= atLeast, $"only {_answered} requests were answered");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _visitors;
    }

    private async Task VisitAsync(Func<IVisitor> newVisitor)
    {
        using var visitor = newVisitor();
        while (!_stop.IsCancellationRequested)
        {
            var began = TimeProvider.System.GetUtcNow();
            string? problem;
            try
            {
                problem = await visitor.VisitAsync();
            }
            catch (Exception e) when (e is HttpRequestException or IOException or System.Net.Sockets.SocketException or OperationCanceledException)
            {
                problem = e.ToString();
            }
            if (problem is null)
                Interlocked.Increment(ref _answered);
            else
                _failures.Enqueue($"{began:HH:mm:ss.fff}–{TimeProvider.System.GetUtcNow():HH:mm:ss.fff}: {problem}");
            await Task.Delay(Pause, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
