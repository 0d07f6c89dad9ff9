using Berth.Control.Reconciling;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>Runs the release command once, in a sandbox of the new release, before anything is switched (SPEC section 7).</summary>
internal sealed class ReleaseCommandRunner(JobRunner jobs, AppNetworks networks, Stores stores, ControlOptions options, TimeProvider time)
{
    /// <summary>Null if there is none or it ended with 0, else what went wrong.</summary>
    public async Task<string?> RunAsync(Release release, PrepareContext context, CancellationToken ct)
    {
        if (release.ReleaseCommand is not { } command)
            return null;
        context.Phase(DeploymentPhase.ReleaseCommand);
        var app = stores.Apps.Find(release.App)!;
        var network = await networks.EnsureAsync(app, ct);
        var spec = SandboxSpecs.Job(Ids.Sandbox(app.Name, "release", time.GetUtcNow()), release, command, release.OwnService, network);
        return await jobs.RunAsync(spec, options.ReleaseCommandTimeout, context.Output, ct) switch
        {
            null => $"the release command \"{command}\" was still running after {options.ReleaseCommandTimeout.TotalMinutes:0} minutes and was stopped",
            { ExitCode: 0 } => null,
            var ended => $"the release command \"{command}\" ended with exit code {ended.ExitCode}{(ended.OutOfMemory ? " (out of memory)" : "")}",
        };
    }
}
