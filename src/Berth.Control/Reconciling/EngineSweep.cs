using Berth.Control.Store;
using Berth.Model;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Reconciling;

/// <summary>Removes from the engine what carries this Berth's mark but belongs to no app of the store, and says so. Nothing else is ever touched.</summary>
internal sealed partial class EngineSweep(Stores stores, IEngine engine, ILogger<EngineSweep> log)
{
    /// <param name="removeJobs">Also jobs: right at a start, when none can be under way.</param>
    public async Task RunAsync(bool removeJobs, CancellationToken ct)
    {
        // The engine first: an app that is made in between then is in the store already.
        var sandboxes = await engine.ListSandboxesAsync(app: null, ct);
        var networks = await engine.ListNetworksAsync(ct);
        var apps = stores.Apps.List().Select(a => a.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var sandbox in sandboxes.Where(s => !apps.Contains(s.App) || (removeJobs && s.Role == SandboxRole.Job)))
        {
            LogOrphan("sandbox", sandbox.Id);
            await engine.RemoveSandboxAsync(sandbox.Id, ct);
        }
        foreach (var app in networks.Where(n => !apps.Contains(n)))
        {
            LogOrphan("network of app", app);
            await engine.RemoveNetworkAsync(app, ct);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Removing the {Kind} {Name}, which belongs to nothing any more")]
    private partial void LogOrphan(string kind, string name);
}
