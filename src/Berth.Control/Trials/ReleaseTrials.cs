using System.Collections.Concurrent;
using Berth.Control.Reconciling;
using Berth.Control.Routing;
using Berth.Model;
using Berth.Planning;

namespace Berth.Control.Trials;

/// <summary>
/// The trials under way, one an app at most. They live in memory: after a kill the deployment still stands before its end, and its trial begins anew.
/// Thread-safe.
/// </summary>
internal sealed class ReleaseTrials(RoutePublisher publisher, PlanningOptions planning, ControlOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ReleaseTrial> _trials = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _stopping = new();

    /// <summary>Called with the app's name when its trial has come to a new stage.</summary>
    public event Action<string>? Moved;

    /// <summary>Makes the trial of the deployment under way. To be called before its release gets the requests: only until then the router knows how the one before did.</summary>
    public async Task PrepareAsync(AppState state, CancellationToken ct)
    {
        var deployment = state.Deployment!;
        if (_trials.TryGetValue(state.App.Name, out var known) && known.Subject.Deployment == deployment.Id)
            return;
        Stop(state.App.Name);
        // Where the release serves already (berthd was killed meanwhile), nothing is known of the one before: it counts as one without errors.
        var before = deployment.Watch > TimeSpan.Zero && !state.Wanted.TargetServes ? await BeforeAsync(state.App.Name, ct) : default;
        _trials[state.App.Name] = new(new(state.App.Name, deployment.Id, state.Target!.Label, Asked(state), deployment.Watch, before), publisher, planning, options, time);
    }

    /// <summary>The app's trial, begun if it was not yet; null: it is not prepared.</summary>
    /// <param name="routed">Sandboxes that get the app's requests now.</param>
    public ReleaseTrial? Serve(string app, IReadOnlyList<string> routed)
    {
        if (!_trials.TryGetValue(app, out var trial))
            return null;
        trial.Serve(routed, () => Moved?.Invoke(app));
        return trial;
    }

    /// <summary>The app has no release on trial any more.</summary>
    public void Stop(string app)
    {
        if (!_trials.TryRemove(app, out var trial))
            return;
        var stopping = trial.StopAsync();
        _stopping[stopping] = true;
        stopping.ContinueWith(ended => _stopping.TryRemove(ended, out _), TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _trials.Keys)
            Stop(app);
        await Task.WhenAll(_stopping.Keys);
    }

    private async Task<RequestCount> BeforeAsync(string app, CancellationToken ct)
    {
        try
        {
            return publisher.Link is { } router ? Requests.Of(await router.AnswersAsync(app, ct) ?? []) : default;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return default;
        }
    }

    /// <summary>What the release is asked for: its health check's path where it has one. Null: none of its services has to answer.</summary>
    private static string? Asked(AppState state)
    {
        var checks = state.Target!.Services
            .Where(s => s.Definition.IsRoutable && s.Port is not null && state.Wanted.Target!.Any(p => p.Id == s.PoolId && p.Desired > 0))
            .Select(SandboxSpecs.Check).Where(c => c.Kind != HealthCheckKind.Process).ToList();
        return checks.Count == 0 ? null : checks.FirstOrDefault(c => c.Kind == HealthCheckKind.Http)?.Path ?? "/";
    }
}
