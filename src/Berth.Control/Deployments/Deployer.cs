using System.Collections.Concurrent;
using Berth.Control.Operations;
using Berth.Control.Secrets;
using Berth.Control.Store;
using Berth.Model;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Deployments;

/// <summary>
/// Takes a deployment from its request to the moment its release is written; from there the reconciler moves it on. One an app at a
/// time: the others wait in line, in the order they came. Thread-safe.
/// </summary>
internal sealed partial class Deployer(Stores stores, RouteOperations routes, DeploymentLog log, ReleaseCommandRunner releaseCommands, ControlOptions options, TimeProvider time, ILogger<Deployer> logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _preparing = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Called with the app's name when it has a new target, or lost one.</summary>
    public event Action<string>? Changed;

    /// <summary>Begins a deployment in the background. Null if too many wait already. Follow it in the <see cref="DeploymentLog"/>.</summary>
    /// <param name="watch">How long the new release's errors are watched before it becomes the active one; zero: not.</param>
    public Deployment? TryBegin(string app, IReleaseSource source, TimeSpan watch)
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
            Watch = watch,
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
            log.Open(deployment.Id, deployment.App);
            if (line.Last is { } ahead && !line.Tail.IsCompleted)
                log.Info(deployment.Id, $"waiting for {ahead} to end");
            var before = line.Tail;
            var cancel = new CancellationTokenSource();
            _preparing[deployment.Id] = cancel;
            line.Last = deployment.Id;
            line.Tail = Task.Run(() => RunInTurnAsync(before, line, deployment, source, cancel));
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
            log.Open(deployment.Id, deployment.App);
            if (stores.Apps.Find(deployment.App) is { Deleting: true })
            {
                End(deployment, DeploymentOutcome.Cancelled, Deleted(deployment.App), []);
                continue;
            }
            if (deployment.ReleaseId is null)
            {
                End(deployment, DeploymentOutcome.Failed, "berthd was restarted before the release was ready; nothing has changed, deploy again", []);
                continue;
            }
            var line = _lines.GetOrAdd(deployment.App, _ => new Line());
            line.Last = deployment.Id;
            line.Tail = log.WaitForEndAsync(deployment.Id).WaitAsync(_stop.Token);
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
        return TryGiveUp(deployment, "cancelled");
    }

    /// <summary>The app is being deleted: nothing of it is deployed any more.</summary>
    public void Abandon(string app)
    {
        foreach (var deployment in stores.Deployments.ListRunning().Where(d => d.App == app))
        {
            if (_preparing.TryGetValue(deployment.Id, out var preparing))
                preparing.Cancel();
            else
                End(deployment, DeploymentOutcome.Cancelled, Deleted(app), []);
        }
    }

    /// <summary>Leaves what is under way as it stands in the store: the next start takes it up, or gives it up.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var preparing in _preparing.Values)
            await preparing.CancelAsync();
        // Each ends at once now, and the store must not be closed before it has.
        await Task.WhenAll(_lines.Values.Select(l => l.Tail)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends a deployment whose release is written but not in force. The store decides between this and a switch at the same moment.</summary>
    private bool TryGiveUp(Deployment deployment, string why)
    {
        if (!stores.Deployments.TryCancel(deployment.Id, why, time.GetUtcNow()))
            return false;
        log.Result(deployment.Id, new(DeploymentOutcome.Cancelled, why, Unchanged: false, []));
        Changed?.Invoke(deployment.App);
        return true;
    }

    private async Task RunInTurnAsync(Task before, Line line, Deployment deployment, IReleaseSource source, CancellationTokenSource cancel)
    {
        try
        {
            await before.WaitAsync(cancel.Token);
            await PrepareAsync(deployment, source, cancel.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It stands in the store as under way, and the next start sees to it.
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
        await log.WaitForEndAsync(deployment.Id).WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (line)
            line.Waiting--;
        // One that left the line holds its place until its turn, so that the next does not overtake those ahead.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task PrepareAsync(Deployment deployment, IReleaseSource source, CancellationToken ct)
    {
        if (stores.Apps.Find(deployment.App) is not { Deleting: false } app)
        {
            End(deployment, DeploymentOutcome.Cancelled, Deleted(deployment.App), []);
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
            case PrepareResult.Ready { Routes: { } wishes } when routes.Problem(app.Name, wishes) is { } impossible:
                End(deployment, DeploymentOutcome.Failed, impossible.Message, []);
                break;
            case PrepareResult.Ready ready when active is not null && !source.Force && !ReleaseAssembly.Differs(active, ready.Draft):
                if (await SetRoutesAsync(deployment, ready.Routes, ct))
                    EndUnchanged(deployment, $"nothing differs from {active.Label}, the active release: nothing was changed (--force deploys all the same)");
                break;
            case PrepareResult.Ready ready:
                await ReleaseAsync(deployment, source, ready, active, context, ct);
                break;
        }
    }

    private async Task ReleaseAsync(Deployment deployment, IReleaseSource source, PrepareResult.Ready ready, Release? active, PrepareContext context, CancellationToken ct)
    {
        var release = ReleaseAssembly.Assemble(deployment.App, stores.Releases.NextNumber(deployment.App), ready.Draft, active, source.Description, renewAll: source.Force, time.GetUtcNow());
        context.Conceal(SecretValues.Of(release));
        if (await releaseCommands.RunAsync(release, context, ct) is { } problem)
        {
            End(deployment, DeploymentOutcome.Failed, problem, []);
            return;
        }
        ct.ThrowIfCancellationRequested();
        if (!await SetRoutesAsync(deployment, ready.Routes, ct))
            return;
        stores.Releases.AddAsTarget(release, deployment.Id);
        _preparing.TryRemove(deployment.Id, out _);
        // A cancellation may have come in since the last look at the token. The end of berthd is none: what has its release written goes on at the next start.
        if (ct.IsCancellationRequested && !_stop.IsCancellationRequested && TryGiveUp(deployment, "cancelled"))
            return;
        log.Phase(deployment.Id, DeploymentPhase.Start);
        Changed?.Invoke(deployment.App);
    }

    /// <summary>False if the deployment has ended, because another app took a host meanwhile. Routes are in force at once and stay if the release fails to start.</summary>
    private async Task<bool> SetRoutesAsync(Deployment deployment, RouteWishes? wishes, CancellationToken ct)
    {
        if (wishes is null)
            return true;
        var applied = await routes.ApplyAsync(deployment.App, wishes, ct);
        if (applied.Error is { } error)
        {
            End(deployment, DeploymentOutcome.Failed, error.Message, []);
            return false;
        }
        foreach (var line in applied.Value)
            log.Info(deployment.Id, line);
        return true;
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

    private static string Deleted(string app) => $"app {app} was deleted";

    [LoggerMessage(LogLevel.Error, "Deployment {Deployment} broke")]
    private partial void LogBroke(Exception exception, string deployment);

    /// <summary>The deployments of one app, in order.</summary>
    private sealed class Line
    {
        public Task Tail { get; set; } = Task.CompletedTask;

        /// <summary>Id of the one that came last.</summary>
        public string? Last { get; set; }

        public int Waiting { get; set; }
    }
}
