using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Deployments;

/// <summary>
/// Reads a deployment's events into a display, up to the result. A connection that breaks meanwhile (the server is killed and comes back; the
/// deployment goes on) is taken up again where it ended.
/// </summary>
internal sealed class DeploymentFollower(BerthClient client, IDeploymentDisplay display, TimeProvider time)
{
    /// <summary>How long a server may be away before the command gives up; the deployment itself is not touched by that.</summary>
    private static readonly TimeSpan ReattachLimit = TimeSpan.FromSeconds(60);

    /// <summary>Between two tries to reach it.</summary>
    private static readonly TimeSpan ReattachPause = TimeSpan.FromMilliseconds(500);

    private DateTimeOffset _last = DateTimeOffset.MinValue;
    private LineAssembler? _output;

    /// <summary>Id of the deployment; null before its first event.</summary>
    public string? Deployment { get; private set; }

    /// <summary>Problems in the app's input that were shown already, so that the result need not say them again.</summary>
    public HashSet<string> Shown { get; } = new(StringComparer.Ordinal);

    /// <summary>The result; null where the server had nothing to deploy, or ended without one.</summary>
    public async Task<DeploymentInfo?> FollowAsync(IAsyncEnumerable<DeploymentEvent> events, CancellationToken ct)
    {
        try
        {
            var result = await ReadAsync(events, ct).ConfigureAwait(false);
            if (result is not null || Deployment is null)
                return result;
        }
        catch (BerthUnreachableException) when (Deployment is not null)
        {
            display.Info("connection lost; waiting for the server to come back");
        }
        return await ReattachAsync(Deployment, ct).ConfigureAwait(false);
    }

    private async Task<DeploymentInfo?> ReattachAsync(string deployment, CancellationToken ct)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await ReadAsync(client.ReadDeploymentAsync(deployment, ct), ct).ConfigureAwait(false);
            }
            catch (BerthUnreachableException) when (time.GetElapsedTime(since) < ReattachLimit)
            {
                await Task.Delay(ReattachPause, time, ct).ConfigureAwait(false);
            }
        }
    }

    private async Task<DeploymentInfo?> ReadAsync(IAsyncEnumerable<DeploymentEvent> events, CancellationToken ct)
    {
        // A stream that is taken up again begins at the deployment's beginning: what was shown already is passed over by its time.
        var shown = _last;
        await foreach (var item in events.WithCancellation(ct).ConfigureAwait(false))
        {
            Deployment = item.Deployment;
            if (item.Time > shown || shown == DateTimeOffset.MinValue)
                Show(item);
            _last = item.Time > _last ? item.Time : _last;
            if (item.Result is { } result)
                return result;
        }
        return null;
    }

    private void Show(DeploymentEvent item)
    {
        if (item.Type != "output")
        {
            _output?.End();
            _output = null;
        }
        switch (item)
        {
            case { Type: "phase", Phase: { } phase }:
                display.Phase(phase);
                break;
            case { Type: "output", Text: { } text }:
                (_output ??= new LineAssembler(display.Output)).Add(text);
                break;
            case { Type: "queued" or "info", Text: { } text }:
                display.Info(text);
                break;
            case { Diagnostic: { } diagnostic }:
                display.Diagnostic(diagnostic);
                Shown.Add(diagnostic.Message);
                break;
        }
    }
}
