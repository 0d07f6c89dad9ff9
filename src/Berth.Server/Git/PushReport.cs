using System.Text;
using Berth.Control;
using Berth.Control.Deployments;
using Berth.Model;

namespace Berth.Server.Git;

/// <summary>Tells a deployment to whoever pushed, as it happens, in the form that Deis gave it.</summary>
internal sealed class PushReport(ControlPlane control, PushClient client)
{
    /// <summary>A longer line of output is told in pieces.</summary>
    private const int MaxLine = 4096;

    private readonly StringBuilder _line = new();
    private readonly HashSet<string> _shown = new(StringComparer.Ordinal);

    /// <summary>True if it succeeded. It may be left at any time; the deployment goes on.</summary>
    public async Task<bool> FollowAsync(Deployment deployment, CancellationToken ct)
    {
        DeploymentResult? result = null;
        await foreach (var happened in control.DeploymentLog.FollowAsync(deployment.Id, ct))
        {
            await TellAsync(deployment, happened, ct);
            result = happened.Result;
        }
        await EndLineAsync(ct);
        var ended = control.Stores.Deployments.Find(deployment.Id) ?? deployment;
        if (ended.Outcome == DeploymentOutcome.Succeeded)
            await TellSuccessAsync(ended, result?.Unchanged == true, ct);
        else
            await TellFailureAsync(ended, result?.LastLines ?? [], ct);
        return ended.Outcome == DeploymentOutcome.Succeeded;
    }

    private async Task TellAsync(Deployment deployment, DeploymentEvent happened, CancellationToken ct)
    {
        if (happened.Output is { } output)
        {
            await TellOutputAsync(output, ct);
            return;
        }
        await EndLineAsync(ct);
        if (happened.Info is { } info)
            await client.LineAsync(info, ct);
        else if (happened.Diagnostic is { } diagnostic)
            await TellDiagnosticAsync(diagnostic, ct);
        else if (happened.Phase == DeploymentPhase.Build)
            await client.StepAsync($"Building {deployment.App}", ct);
        else if (happened.Phase == DeploymentPhase.ReleaseCommand)
            await client.StepAsync("Running the release command", ct);
        else if (happened.Phase == DeploymentPhase.Start)
            await TellServicesAsync(deployment, ct);
    }

    private Task TellDiagnosticAsync(Diagnostic diagnostic, CancellationToken ct)
    {
        _shown.Add(diagnostic.Message);
        return client.RefuseAsync(diagnostic.ToString(), ct);
    }

    /// <summary>Pieces that end anywhere, as lines. Of a line that rewrites itself the last state counts.</summary>
    private async Task TellOutputAsync(string piece, CancellationToken ct)
    {
        foreach (var c in piece)
        {
            if (c == '\n' || _line.Length >= MaxLine)
                await client.LineAsync(TakeLine(), ct);
            if (c != '\n')
                _line.Append(c);
        }
    }

    private async Task EndLineAsync(CancellationToken ct)
    {
        if (_line.Length > 0)
            await client.LineAsync(TakeLine(), ct);
    }

    private string TakeLine()
    {
        var line = _line.ToString().TrimEnd('\r');
        _line.Clear();
        return line[(line.LastIndexOf('\r') + 1)..];
    }

    private async Task TellServicesAsync(Deployment deployment, CancellationToken ct)
    {
        if (control.Stores.Deployments.Find(deployment.Id)?.ReleaseId is not { } id || control.Stores.Releases.Find(id) is not { } release)
            return;
        foreach (var file in release.Services.Select(s => s.Definition).GroupBy(s => FileOf(s.Source)))
            await client.StepAsync($"{(file.Key is { } name ? name + " declares" : "Default")} process types: {string.Join(", ", file.Select(s => s.Name))}", ct);
    }

    /// <summary>The file of <c>Procfile:3</c>; null where a service is in none.</summary>
    private static string? FileOf(string source) => source.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && colon + 1 < source.Length && char.IsAsciiDigit(source[colon + 1]) ? source[..colon] : null;

    private async Task TellSuccessAsync(Deployment deployment, bool unchanged, CancellationToken ct)
    {
        var active = control.Stores.Apps.Find(deployment.App)?.ActiveRelease is { } id ? control.Stores.Releases.Find(id) : null;
        if (!unchanged && active is not null)
            await client.LineAsync($"Launching... done, {active.Label}", ct);
        await client.BlankAsync(ct);
        await client.StepAsync(unchanged ? $"{deployment.App} is unchanged" : $"{deployment.App} deployed to Berth", ct);
        if (active?.Services.Any(s => s.Definition.IsRoutable) == true)
        {
            foreach (var url in control.Routes.UrlsOf(deployment.App))
                await client.LineAsync(url, ct);
        }
        await client.BlankAsync(ct);
    }

    private async Task TellFailureAsync(Deployment deployment, IReadOnlyList<string> lastLines, CancellationToken ct)
    {
        // A build's last lines have just gone by.
        if (deployment.Phase > DeploymentPhase.Build && lastLines.Count > 0)
        {
            await client.RefuseAsync("the last lines of what failed:", ct);
            foreach (var line in lastLines)
                await client.LineAsync(line, ct);
        }
        var word = deployment.Outcome == DeploymentOutcome.Cancelled ? "was cancelled" : "failed";
        await client.BlankAsync(ct);
        await client.RefuseAsync($"{deployment.App} was not deployed: it {word} in phase {PhaseWord(deployment.Phase)}{(deployment.Error is { } error && !_shown.Contains(error) ? ": " + error : "")}", ct);
        if (control.Stores.Apps.Find(deployment.App)?.ActiveRelease is { } id && control.Stores.Releases.Find(id) is { } active)
            await client.RefuseAsync($"{active.Label} goes on as it was", ct);
        await client.BlankAsync(ct);
    }

    private static string PhaseWord(DeploymentPhase phase) => phase == DeploymentPhase.ReleaseCommand ? "release command" : phase.ToString().ToLowerInvariant();
}
