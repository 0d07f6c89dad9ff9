using System.Collections.Concurrent;
using Berth.Control.Routing;
using Berth.Model;
using Berth.Planning;

namespace Berth.Control.Trials;

internal enum TrialStage
{
    Proving,
    Watching,
    Passed,
    Failed,
}

/// <summary>
/// One release that serves on trial: proven by a request through the router's own port that one of its sandboxes answered, then watched where that was
/// asked for. Which sandbox answered is the router's word over the control socket; visitors see nothing of it.
/// </summary>
internal sealed class ReleaseTrial(TrialSubject subject, RoutePublisher publisher, PlanningOptions planning, ControlOptions options, TimeProvider time)
{
    private static readonly TimeSpan ProofPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WatchPause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, bool> _sandboxes = new(StringComparer.Ordinal);

    // Only the trial's own task uses these: also of sandboxes that the router has forgotten meanwhile.
    private readonly Dictionary<string, SandboxAnswers> _answers = new(StringComparer.Ordinal);
    private Task? _running;
    private volatile TrialStage _stage = TrialStage.Proving;

    public TrialSubject Subject { get; } = subject;

    public TrialStage Stage => _stage;

    /// <summary>Why it failed; null before.</summary>
    public string? Problem { get; private set; }

    /// <summary>These get the requests now. The first call begins the trial; <paramref name="moved"/> is called at each new stage.</summary>
    public void Serve(IEnumerable<string> sandboxes, Action moved)
    {
        foreach (var sandbox in sandboxes)
            _sandboxes[sandbox] = true;
        _running ??= RunAsync(moved);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        if (_running is { } running)
            await running;
        _stop.Dispose();
    }

    private async Task RunAsync(Action moved)
    {
        try
        {
            // An app that no host leads to can be asked nothing.
            Problem = Subject.Path is { } path && publisher.HostOf(Subject.App) is { } host ? await ProveAsync(host, path, _stop.Token) : null;
            if (Problem is null && Subject.Watch > TimeSpan.Zero)
            {
                _stage = TrialStage.Watching;
                moved();
                Problem = await WatchAsync(_stop.Token);
            }
            _stage = Problem is null ? TrialStage.Passed : TrialStage.Failed;
            moved();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The deployment has ended, or berthd does.
        }
        catch (Exception e)
        {
            // Nobody else would end the deployment, which waits for this.
            Problem = TrialMessages.NotTried(Subject.Label, e.Message);
            _stage = TrialStage.Failed;
            moved();
        }
    }

    /// <summary>Null: it answered.</summary>
    private async Task<string?> ProveAsync(string host, string path, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(options.ProofTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var since = time.GetTimestamp();
        var problem = TrialMessages.NoAnswer(path, host);
        try
        {
            for (int i = 0; i < options.ProofTries; i++)
            {
                if (i > 0)
                    await Task.Delay(ProofPause, time, either.Token);
                if (await TryAsync(host, path, either.Token) is not { } found)
                    return null;
                problem = found;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The limit is reached: the last problem says why.
        }
        return TrialMessages.NotProven(Subject.Label, time.GetElapsedTime(since), problem);
    }

    private async Task<string?> TryAsync(string host, string path, CancellationToken ct)
    {
        if (publisher.Link is not { } router)
            return TrialMessages.RouterAway;
        try
        {
            var before = await CountAsync(router, ct);
            var status = await router.VisitAsync(host, path, ct);
            var after = await CountAsync(router, ct);
            var isRoutersPage = status is 502 or 503 or 504;
            // A router from before it counted answers: what it does not answer itself, the app does.
            if (after is null ? !isRoutersPage : after > before)
                return null;
            return isRoutersPage ? TrialMessages.AnsweredByRouter(path, host, status) : TrialMessages.AnsweredByAnother(path, host, status);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return TrialMessages.NotVisited(path, host, e.Message);
        }
    }

    /// <summary>Null: it did no worse than the release before.</summary>
    private async Task<string?> WatchAsync(CancellationToken ct)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var isOver = time.GetElapsedTime(since) >= Subject.Watch;
            try
            {
                if (publisher.Link is { } router)
                    await CountAsync(router, ct);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // The router is away for a moment; what it has counted so far stands.
            }
            var now = Requests.Of(_answers.Values);
            if (now.IsWorseThan(Subject.Before, planning))
                return TrialMessages.Worse(Subject.Label, now, Subject.Before);
            if (isOver)
                return null;
            await Task.Delay(WatchPause, time, ct);
        }
    }

    /// <summary>How many requests the release's sandboxes have answered; null: the router does not count them.</summary>
    private async Task<long?> CountAsync(IRouterLink router, CancellationToken ct)
    {
        if (await router.AnswersAsync(Subject.App, ct) is not { } answers)
            return null;
        foreach (var one in answers.Where(a => _sandboxes.ContainsKey(a.Sandbox)))
            _answers[one.Sandbox] = one;
        return _answers.Values.Sum(a => a.Answered);
    }
}
