using System.Text;
using Berth.Control.Reconciling;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>Runs the release command once, in a sandbox of the new release, before anything is switched (SPEC section 7).</summary>
internal sealed class ReleaseCommandRunner(IEngine engine, AppNetworks networks, Stores stores, ControlOptions options, TimeProvider time)
{
    private static readonly TimeSpan EndPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>Null if there is none or it ended with 0, else what went wrong.</summary>
    public async Task<string?> RunAsync(Release release, PrepareContext context, CancellationToken ct)
    {
        if (release.ReleaseCommand is not { } command)
            return null;
        context.Phase(DeploymentPhase.ReleaseCommand);
        var app = stores.Apps.Find(release.App)!;
        var network = await networks.EnsureAsync(app, ct);
        var spec = SandboxSpecs.Job(Ids.Sandbox(app.Name, "release", time.GetUtcNow()), release, command, release.OwnService, network);
        using var timeout = new CancellationTokenSource(options.ReleaseCommandTimeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            await engine.StartSandboxAsync(spec, limit.Token);
            await foreach (var chunk in engine.ReadLogsAsync(spec.Id, since: null, follow: true, limit.Token))
                context.Output(Encoding.UTF8.GetString(chunk.Bytes.Span));
            var ended = await EndAsync(app.Name, spec.Id, limit.Token);
            return ended.ExitCode is 0 ? null : $"the release command \"{command}\" ended with exit code {ended.ExitCode}{(ended.OutOfMemory ? " (out of memory)" : "")}";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"the release command \"{command}\" was still running after {options.ReleaseCommandTimeout.TotalMinutes:0} minutes and was stopped";
        }
        finally
        {
            await engine.RemoveSandboxAsync(spec.Id, CancellationToken.None);
        }
    }

    /// <summary>A log ends a little before the engine lists its sandbox as exited.</summary>
    private async Task<SandboxStatus> EndAsync(string app, string sandbox, CancellationToken ct)
    {
        while (true)
        {
            var listed = (await engine.ListSandboxesAsync(app, ct)).FirstOrDefault(s => s.Id == sandbox)
                ?? throw new EngineException(EngineError.NotFound, $"the release command's sandbox \"{sandbox}\" was removed while it ran");
            if (listed.State == SandboxState.Exited)
                return listed;
            await Task.Delay(EndPoll, time, ct);
        }
    }
}
