using System.Text;
using Berth.Control.Reconciling;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>Runs the release command once, in a sandbox of the new release, before anything is switched (SPEC section 7).</summary>
internal sealed class ReleaseCommandRunner(IEngine engine, Stores stores, ControlOptions options, TimeProvider time)
{
    /// <summary>Null if there is none or it ended with 0, else what went wrong.</summary>
    public async Task<string?> RunAsync(Release release, PrepareContext context, CancellationToken ct)
    {
        if (release.ReleaseCommand is not { } command)
            return null;
        context.Phase(DeploymentPhase.ReleaseCommand);
        var app = stores.Apps.Find(release.App)!;
        var network = Subnets.NetworkOf(app.Name, app.Subnet);
        await engine.EnsureNetworkAsync(network, ct);
        // It runs like a service of the app's own image: an image of another service has not the app's code.
        var like = release.Services.FirstOrDefault(s => s.Definition.Image is null) ?? release.Services[0];
        var spec = SandboxSpecs.Job(Ids.Sandbox(app.Name, "release", time.GetUtcNow()), release, command, like, network);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(options.ReleaseCommandTimeout);
            await engine.StartSandboxAsync(spec, limit.Token);
            await foreach (var chunk in engine.ReadLogsAsync(spec.Id, since: null, follow: true, limit.Token))
                context.Output(Encoding.UTF8.GetString(chunk.Bytes.Span));
            var ended = (await engine.ListSandboxesAsync(app.Name, limit.Token)).FirstOrDefault(s => s.Id == spec.Id);
            return ended?.ExitCode is 0 ? null : $"the release command \"{command}\" ended with exit code {ended?.ExitCode}{(ended?.OutOfMemory == true ? " (out of memory)" : "")}";
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
}
