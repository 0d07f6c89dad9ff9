using System.Collections.Concurrent;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>Visitors of an app while something happens to it, each on a keep-alive connection of its own. Every request that is not answered with 200 is remembered.</summary>
public sealed class SteadyLoad : IAsyncDisposable
{
    /// <summary>Between two requests of a visitor: so many that a gap shows, so few that the machine has time for the rest.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Task _visitors;
    private int _answered;

    private SteadyLoad(BerthServer server, string app, string path, int visitors) =>
        _visitors = Task.WhenAll(Enumerable.Range(0, visitors).Select(_ => Task.Run(() => VisitAsync(server, app, path))));

    public static SteadyLoad On(BerthServer server, string app, string path = "/", int visitors = 4) => new(server, app, path, visitors);

    /// <summary>Until that many more requests have been answered: the load is really there.</summary>
    public Task AnsweredAsync(int more, CancellationToken ct)
    {
        var goal = Volatile.Read(ref _answered) + more;
        return Eventually.BecomesAsync($"{goal} requests are answered", () => Task.FromResult(Volatile.Read(ref _answered)), answered => answered >= goal || !_failures.IsEmpty, ct);
    }

    /// <summary>Ends the load and fails the test if one request failed, or if there were hardly any.</summary>
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

    private async Task VisitAsync(BerthServer server, string app, string path)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { Timeout = TimeSpan.FromSeconds(60) };
        while (!_stop.IsCancellationRequested)
        {
            var began = TimeProvider.System.GetUtcNow();
            try
            {
                using var request = server.Request(HttpMethod.Get, app, path);
                using var response = await client.SendAsync(request, CancellationToken.None);
                var body = await response.Content.ReadAsStringAsync(CancellationToken.None);
                if (response.IsSuccessStatusCode)
                    Interlocked.Increment(ref _answered);
                else
                    Remember(began, $"{(int)response.StatusCode} {body}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                Remember(began, e.ToString());
            }
            try
            {
                await Task.Delay(Pause, TimeProvider.System, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Remember(DateTimeOffset began, string what) => _failures.Enqueue($"{began:HH:mm:ss.fff}–{TimeProvider.System.GetUtcNow():HH:mm:ss.fff}: {what}");
}
