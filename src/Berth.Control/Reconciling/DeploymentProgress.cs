using Berth.Control.Deployments;
using Berth.Control.Logs;
using Berth.Control.Store;
using Berth.Model;
using Berth.Planning;

namespace Berth.Control.Reconciling;

/// <summary>Moves the deployment under way on by what the planner says of it: start → ready → switch → drain → done, or failed.</summary>
internal sealed class DeploymentProgress(Stores stores, DeploymentLog log, LogStore logs, LogCollector collector, ReadinessProber prober, TimeProvider time)
{
    private static readonly TimeSpan LogDrainLimit = TimeSpan.FromSeconds(5);
    private const int LastLines = 20;

    /// <summary>True if the app should be looked at again at once, because what is wanted has changed.</summary>
    public bool Record(AppState state, AppPlan plan)
    {
        if (state.Deployment is not { } deployment)
            return false;
        switch (plan.Verdict)
        {
            case DeploymentVerdict.Starting starting:
                Enter(deployment, starting.Ready == 0 ? DeploymentPhase.Start : DeploymentPhase.Ready);
                return false;
            case DeploymentVerdict.Switch:
                log.Phase(deployment.Id, DeploymentPhase.Ready);
                if (stores.Releases.Switch(deployment.App, deployment.Id, state.Target!))
                    log.Phase(deployment.Id, DeploymentPhase.Switch);
                return true;
            case DeploymentVerdict.Fail fail:
                _ = FailAsync(state, deployment, fail);
                return true;
            default:
                return Finish(deployment, plan);
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

    private async Task FailAsync(AppState state, Deployment deployment, DeploymentVerdict.Fail fail)
    {
        var crash = state.Crashes.Values.FirstOrDefault(c => c.Sandbox == fail.Sandbox);
        var reason = crash switch
        {
            null when fail.Sandbox is { } silent && prober.ProblemOf(silent) is { } problem => $"{fail.Reason}: {problem}",
            null => fail.Reason,
            { OutOfMemory: true } => $"{fail.Reason}: it ran out of memory (exit code {crash.ExitCode})",
            _ => $"{fail.Reason}, the last time with exit code {crash.ExitCode}",
        };
        stores.Deployments.End(deployment.Id, DeploymentOutcome.Failed, reason, time.GetUtcNow());
        var lines = crash?.LastLines ?? [];
        if (lines.Count == 0 && fail.Sandbox is { } sandbox)
        {
            // The sandbox may have ended a moment ago, with its last words still under way.
            if (crash is not null)
                await collector.DrainAsync(sandbox, LogDrainLimit, CancellationToken.None);
            lines = await logs.LastLinesAsync(deployment.App, sandbox, LastLines, CancellationToken.None);
        }
        log.Result(deployment.Id, new(DeploymentOutcome.Failed, reason, Unchanged: false, lines));
    }
}
