using System.Collections.Concurrent;
using Berth.Control.Store;
using Berth.Model;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Deployments;

/// <summary>
/// Takes a deployment from its request to the moment its release is written; from there the reconciler moves it on. One an app at a
/// time: the others wait in line, in the order they came. Thread-safe.
/// </summary>
internal sealed partial class Deployer(Stores stores, DeploymentLog log, ReleaseCommandRunner releaseCommands, ControlOptions options, TimeProvider time, ILogger<Deployer> logger)
{
    private readonly ConcurrentDictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _preparing = new(StringComparer.Ordinal);

    /// <summary>Called with the app's name when it has a new target, or lost one.</summary>
    public event Action<string>? Changed;

    /// <summary>Begins a deployment in the background. Null if too many wait already. Follow it in the <see cref="DeploymentLog"/>.</summary>
    public Deployment? TryBegin(string app, IReleaseSource source)
    {
        var now = time.GetUtcNow();
        var deployment = new Deployment
        {
            Id = Ids.Deployment(now),
            App = app,
            Phase = DeploymentPhase.Queued,
            Outcome = DeploymentOutcome.Running,
            StartedAt = now,
            Description = source.Description,
        };
        var line = _lines.GetOrAdd(app, _ => new Line());
        lock (line)
        {
            if (line.Waiting > options.DeploymentQueue)
            {
                source.Clean();
                return null;
            }
            line.Waiting++;
            stores.Deployments.Add(deployment);
            log.Open(deployment.Id);
            if (line.Current is { } ahead && !line.Tail.IsCompleted)
                log.Info(deployment.Id, $"waiting for {ahead} to end");
            var before = line.Tail;
            line.Tail = Task.Run(() => RunInTurnAsync(before, line, deployment, source));
        }
        return deployment;
    }

    /// <summary>
    /// Takes up what was under way when berthd ended: what had its release written goes on; what had not is given up, and nothing of it
    /// took effect.
    /// </summary>
    public void Resume()
    {
        foreach (var deployment in stores.Deployments.ListRunning())
        {
            log.Open(deployment.Id);
            if (deployment.ReleaseId is null)
            {
                End(deployment, DeploymentOutcome.Failed, "berthd was restarted before the release was ready; nothing has changed, deploy again", []);
                continue;
            }
            var line = _lines.GetOrAdd(deployment.App, _ => new Line());
            line.Current = deployment.Id;
            line.Tail = log.WaitForEndAsync(deployment.Id);
        }
    }

    /// <summary>False if it cannot be cancelled any more: it has switched, or has ended.</summary>
    public bool TryCancel(Deployment deployment)
    {
        if (_preparing.TryGetValue(deployment.Id, out var preparing))
        {
            preparing.Cancel();
            return true;
        }
        if (stores.Deployments.Find(deployment.Id) is not { Outcome: DeploymentOutcome.Running, Phase: < DeploymentPhase.Switch })
            return false;
        End(deployment, DeploymentOutcome.Cancelled, "cancelled", []);
        Changed?.Invoke(deployment.App);
        return true;
    }

    private async Task RunInTurnAsync(Task before, Line line, Deployment deployment, IReleaseSource source)
    {
        using var cancel = new CancellationTokenSource();
        _preparing[deployment.Id] = cancel;
        try
        {
            await before.WaitAsync(cancel.Token);
            line.Current = deployment.Id;
            await PrepareAsync(deployment, source, cancel.Token);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            End(deployment, DeploymentOutcome.Cancelled, "cancelled", []);
        }
        catch (EngineException e)
        {
            End(deployment, DeploymentOutcome.Failed, e.Message, []);
        }
        catch (Exception e)
        {
            LogBroke(e, deployment.Id);
            End(deployment, DeploymentOutcome.Failed, $"berthd could not carry it out: {e.Message} (its log has more)", []);
        }
        finally
        {
            _preparing.TryRemove(deployment.Id, out _);
            source.Clean();
        }
        await log.WaitForEndAsync(deployment.Id);
        lock (line)
            line.Waiting--;
    }

    private async Task PrepareAsync(Deployment deployment, IReleaseSource source, CancellationToken ct)
    {
        if (stores.Apps.Find(deployment.App) is not { Deleting: false } app)
        {
            End(deployment, DeploymentOutcome.Failed, $"app {deployment.App} was deleted", []);
            return;
        }
        var active = app.ActiveRelease is { } id ? stores.Releases.Find(id) : null;
        var context = new PrepareContext(deployment.Id, app.Name, active, active?.Config ?? stores.Apps.Config(app.Name), log, stores.Deployments);
        switch (await source.PrepareAsync(context, ct))
        {
            case PrepareResult.Failed failed:
                foreach (var diagnostic in failed.Diagnostics)
                    log.Diagnostic(deployment.Id, diagnostic);
                End(deployment, DeploymentOutcome.Failed, failed.Error, failed.LastLines);
                break;
            case PrepareResult.Nothing nothing:
                EndUnchanged(deployment, nothing.Why);
                break;
            case PrepareResult.Ready ready when active is not null && !source.Force && !ReleaseAssembly.Differs(active, ready.Draft):
                EndUnchanged(deployment, $"nothing differs from {active.Label}, the active release: nothing was changed (--force deploys all the same)");
                break;
            case PrepareResult.Ready ready:
                await ReleaseAsync(deployment, source, ready.Draft, active, context, ct);
                break;
        }
    }

    private async Task ReleaseAsync(Deployment deployment, IReleaseSource source, ReleaseDraft draft, Release? active, PrepareContext context, CancellationToken ct)
    {
        var release = ReleaseAssembly.Assemble(deployment.App, stores.Releases.NextNumber(deployment.App), draft, active, source.Description, renewAll: source.Force, time.GetUtcNow());
        if (await releaseCommands.RunAsync(release, context, ct) is { } problem)
        {
            End(deployment, DeploymentOutcome.Failed, problem, []);
            return;
        }
        ct.ThrowIfCancellationRequested();
        stores.Releases.AddAsTarget(release, deployment.Id);
        _preparing.TryRemove(deployment.Id, out _);
        log.Phase(deployment.Id, DeploymentPhase.Start);
        Changed?.Invoke(deployment.App);
    }

    private void EndUnchanged(Deployment deployment, string why)
    {
        log.Info(deployment.Id, why);
        stores.Deployments.End(deployment.Id, DeploymentOutcome.Succeeded, error: null, time.GetUtcNow());
        log.Result(deployment.Id, new(DeploymentOutcome.Succeeded, null, Unchanged: true, []));
    }

    private void End(Deployment deployment, DeploymentOutcome outcome, string error, IReadOnlyList<string> lastLines)
    {
        stores.Deployments.End(deployment.Id, outcome, error, time.GetUtcNow());
        log.Result(deployment.Id, new(outcome, error, Unchanged: false, lastLines));
    }

    [LoggerMessage(LogLevel.Error, "Deployment {Deployment} broke")]
    private partial void LogBroke(Exception exception, string deployment);

    /// <summary>The deployments of one app, in order.</summary>
    private sealed class Line
    {
        public Task Tail { get; set; } = Task.CompletedTask;

        public string? Current { get; set; }

        public int Waiting { get; set; }
    }
}
