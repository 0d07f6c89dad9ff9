using Berth.Control.Deployments;
using Berth.Control.Logs;
using Berth.Control.Store;
using Berth.Control.Trials;
using Berth.Model;
using Berth.Planning;

namespace Berth.Control.Reconciling;

/// <summary>
/// Moves the deployment under way on by what the planner and the release's trial say of it: start → ready → switch → drain → done, or failed. Only a release
/// that has passed its trial becomes the active one; until then the one before still runs.
/// </summary>
internal sealed class DeploymentProgress(Stores stores, DeploymentLog log, LogStore logs, LogCollector collector, ReadinessProber prober, ReleaseTrials trials, TimeProvider time)
{
    private static readonly TimeSpan LogDrainLimit = TimeSpan.FromSeconds(5);
    private const int LastLines = 20;

    /// <summary>True if the app should be looked at again at once, because what is wanted has changed.</summary>
    /// <param name="running">What the engine shows of the app.</param>
    public bool Record(AppState state, AppPlan plan, IReadOnlyList<SandboxStatus> running)
    {
        if (state.Deployment is not { } deployment)
            return false;
        switch (plan.Verdict)
        {
            case DeploymentVerdict.Starting starting:
                Enter(deployment, starting.Ready == 0 ? DeploymentPhase.Start : DeploymentPhase.Ready);
                TellDelays(deployment, running);
                return false;
            case DeploymentVerdict.Switch:
                log.Phase(deployment.Id, DeploymentPhase.Ready);
                return Try(state, deployment, plan);
            case DeploymentVerdict.Fail fail:
                _ = FailAsync(state, deployment, fail.Sandbox, fail.Reason);
                return true;
            default:
                return Finish(deployment, plan);
        }
    }

    private void TellDelays(Deployment deployment, IReadOnlyList<SandboxStatus> running)
    {
        foreach (var sandbox in running.Where(s => s.ReleaseId == deployment.ReleaseId))
        {
            if (prober.TakeDelay(sandbox.Id) is { } problem)
                log.Info(deployment.Id, ReadinessMessages.NotYet(sandbox.Service, problem));
        }
    }

    /// <summary>The target gets the requests: the active release is exchanged once it has shown that it answers them.</summary>
    private bool Try(AppState state, Deployment deployment, AppPlan plan)
    {
        // It became ready while this look went on: the next one begins by preparing the trial.
        if (trials.Serve(deployment.App, plan.Routed) is not { } trial)
            return true;
        Enter(deployment, DeploymentPhase.Switch);
        switch (trial.Stage)
        {
            case TrialStage.Passed:
                if (stores.Releases.Switch(deployment.App, deployment.Id, state.Target!))
                    log.Phase(deployment.Id, DeploymentPhase.Drain);
                return true;
            case TrialStage.Failed:
                _ = FailAsync(state, deployment, plan.Routed.Count > 0 ? plan.Routed[0] : null, trial.Problem!);
                return true;
            case TrialStage.Watching:
                Enter(deployment, DeploymentPhase.Watch);
                return false;
            default:
                return false;
        }
    }

    /// <summary>After the switch: done once no old sandbox has a request left.</summary>
    private bool Finish(Deployment deployment, AppPlan plan)
    {
        Enter(deployment, DeploymentPhase.Drain);
        if (plan.Draining.Count > 0)
            return false;
        stores.Deployments.End(deployment.Id, DeploymentOutcome.Succeeded, error: null, time.GetUtcNow());
        log.Phase(deployment.Id, DeploymentPhase.Done);
        log.Result(deployment.Id, new(DeploymentOutcome.Succeeded, null, Unchanged: false, []));
        return true;
    }

    private void Enter(Deployment deployment, DeploymentPhase phase)
    {
        if (deployment.Phase < phase)
            stores.Deployments.SetPhase(deployment.Id, phase);
        log.Phase(deployment.Id, phase);
    }

    /// <param name="sandbox">The one whose last lines may say more; null if none ran.</param>
    private async Task FailAsync(AppState state, Deployment deployment, string? sandbox, string why)
    {
        var crash = state.Crashes.Values.FirstOrDefault(c => c.Sandbox == sandbox);
        var reason = crash switch
        {
            null when sandbox is not null && prober.ProblemOf(sandbox) is { } problem => $"{why}: {problem}",
            null => why,
            { OutOfMemory: true } => $"{why}: it ran out of memory (exit code {crash.ExitCode})",
            _ => $"{why}, the last time with exit code {crash.ExitCode}",
        };
        stores.Deployments.End(deployment.Id, DeploymentOutcome.Failed, reason, time.GetUtcNow());
        var lines = crash?.LastLines ?? [];
        if (lines.Count == 0 && sandbox is not null)
        {
            // The sandbox may have ended a moment ago, with its last words still under way.
            if (crash is not null)
                await collector.DrainAsync(sandbox, LogDrainLimit, CancellationToken.None);
            lines = await logs.LastLinesAsync(deployment.App, sandbox, LastLines, CancellationToken.None);
        }
        log.Result(deployment.Id, new(DeploymentOutcome.Failed, reason, Unchanged: false, lines));
    }
}
