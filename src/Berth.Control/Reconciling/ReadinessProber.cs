using System.Collections.Concurrent;
using System.Net.Sockets;
using Berth.Model;

namespace Berth.Control.Reconciling;

/// <summary>
/// Finds out which sandboxes answer, by asking from outside the image: nothing needs to be in it. A sandbox that answered once counts as
/// ready until it is gone. Thread-safe.
/// </summary>
public sealed class ReadinessProber(ControlOptions options, TimeProvider time) : IAsyncDisposable
{
    /// <summary>A try is made when a tenth of the time so far has passed again, so that no sandbox waits for its requests a tenth longer than it took to start.</summary>
    private const double Share = 0.1;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, Probe> _probes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero });

    /// <summary>Called with the app's name when one of its sandboxes has begun to answer.</summary>
    public event Action<string>? Answered;

    /// <summary>Called with the app's name when one of its sandboxes has not answered within <see cref="ControlOptions.SlowStart"/>.</summary>
    public event Action<string>? Delayed;

    public bool HasAnswered(string sandbox) => _probes.TryGetValue(sandbox, out var probe) && probe.Answered;

    /// <summary>Why the last try was no answer, for people; null if there was none yet, or it was one.</summary>
    public string? ProblemOf(string sandbox) => _probes.TryGetValue(sandbox, out var probe) ? probe.Problem?.Invoke() : null;

    /// <summary>The same of one that takes long, and only once of each: for whoever waits for it meanwhile.</summary>
    public string? TakeDelay(string sandbox) =>
        _probes.TryGetValue(sandbox, out var probe) && Interlocked.Exchange(ref probe.IsToTell, false) ? probe.Problem?.Invoke() : null;

    /// <summary>Begins to probe a running sandbox, if it is not probed yet. The task ends after the first try, whatever came of it.</summary>
    public Task Watch(SandboxStatus sandbox, HealthCheck check)
    {
        if (sandbox is not { State: SandboxState.Running, Address: not null, Port: not null })
            return Task.CompletedTask;
        var probe = _probes.GetOrAdd(sandbox.Id, _ => new Probe(CancellationTokenSource.CreateLinkedTokenSource(_stop.Token)));
        if (Interlocked.Exchange(ref probe.Started, 1) == 0)
            probe.Task = Task.Run(() => RunAsync(sandbox, check, probe));
        return probe.FirstTry.Task;
    }

    /// <summary>The sandbox runs no more.</summary>
    public void Forget(string sandbox)
    {
        if (_probes.TryRemove(sandbox, out var probe))
            probe.Stop.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_probes.Values.Select(p => p.Task));
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(SandboxStatus sandbox, HealthCheck check, Probe probe)
    {
        var began = time.GetTimestamp();
        var isDelayed = false;
        while (!probe.Stop.IsCancellationRequested)
        {
            probe.Problem = await TryAsync(sandbox, check, probe.Stop.Token);
            if (probe.Problem is null)
            {
                probe.Answered = true;
                probe.FirstTry.TrySetResult();
                Answered?.Invoke(sandbox.App);
                return;
            }
            probe.FirstTry.TrySetResult();
            var elapsed = time.GetElapsedTime(began);
            if (!isDelayed && elapsed >= options.SlowStart)
            {
                isDelayed = true;
                Volatile.Write(ref probe.IsToTell, true);
                Delayed?.Invoke(sandbox.App);
            }
            try
            {
                await Task.Delay(Pause(elapsed), time, probe.Stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static TimeSpan Pause(TimeSpan elapsed) => TimeSpan.FromTicks(Math.Clamp((long)(elapsed.Ticks * Share), ShortestPause.Ticks, LongestPause.Ticks));

    /// <summary>Null: it answered. Else what to say of it: put into words only where somebody asks, for then it is looked up what the sandbox does listen on.</summary>
    private async Task<Func<string>?> TryAsync(SandboxStatus sandbox, HealthCheck check, CancellationToken ct)
    {
        var port = sandbox.Port!.Value;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(check.Timeout);
        try
        {
            if (check.Kind == HealthCheckKind.Http)
            {
                using var response = await _http.GetAsync(new Uri($"http://{sandbox.Address}:{port}{check.Path}"), HttpCompletionOption.ResponseHeadersRead, limit.Token);
                var status = (int)response.StatusCode;
                return status is >= 200 and < 400 ? null : () => ReadinessMessages.WrongStatus(check.Path, port, status);
            }
            using var client = new TcpClient();
            await client.ConnectAsync(sandbox.Address!, port, limit.Token);
            return null;
        }
        catch (OperationCanceledException)
        {
            return () => ReadinessMessages.TooSlow(port, check.Timeout);
        }
        catch (HttpRequestException e) when (e.HttpRequestError != HttpRequestError.ConnectionError)
        {
            return () => ReadinessMessages.NoHttp(check.Path, port);
        }
        catch (Exception e) when (e is SocketException or HttpRequestException or IOException)
        {
            return () => ReadinessMessages.Unreachable(port, ListeningSockets.Of(sandbox));
        }
    }

    private sealed class Probe(CancellationTokenSource stop)
    {
        public CancellationTokenSource Stop { get; } = stop;

        public TaskCompletionSource FirstTry { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task { get; set; } = Task.CompletedTask;

        public int Started;

        public bool IsToTell;

        public volatile bool Answered;

        public volatile Func<string>? Problem;
    }
}
