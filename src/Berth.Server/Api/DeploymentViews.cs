using System.Runtime.CompilerServices;
using Berth.Contracts;
using Berth.Control;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>Deployments and what happens in them, in the wire's form.</summary>
internal sealed class DeploymentViews(ControlPlane control)
{
    public DeploymentInfo Info(Deployment deployment, Control.Deployments.DeploymentResult? result = null)
    {
        var release = deployment.ReleaseId is { } id ? control.Stores.Releases.Find(id) : null;
        var routable = release?.Services.Any(s => s.Definition.IsRoutable) == true;
        return new()
        {
            Id = deployment.Id,
            App = deployment.App,
            Outcome = result?.Unchanged == true ? "unchanged" : deployment.Outcome.ToString().ToLowerInvariant(),
            Phase = Word(deployment.Phase),
            Description = deployment.Description,
            Release = release?.Label,
            Version = release?.Id,
            Error = deployment.Error,
            LastLines = result?.LastLines ?? [],
            Urls = routable ? control.Routes.UrlsOf(deployment.App) : [],
            StartedAt = deployment.StartedAt,
            EndedAt = deployment.EndedAt,
        };
    }

    /// <summary>From the first event to the result. A result is always the last one, also where a kill kept it from being logged.</summary>
    public async IAsyncEnumerable<DeploymentEvent> EventsAsync(string deployment, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var happened in control.DeploymentLog.FollowAsync(deployment, ct))
        {
            if (happened.Result is not null)
            {
                yield return ResultOf(deployment, happened.Time, happened.Result);
                yield break;
            }
            yield return Event(deployment, happened);
        }
        if (control.Stores.Deployments.Find(deployment) is { Outcome: not DeploymentOutcome.Running } ended)
            yield return ResultOf(deployment, ended.EndedAt ?? ended.StartedAt, null);
    }

    private DeploymentEvent ResultOf(string deployment, DateTimeOffset time, Control.Deployments.DeploymentResult? result) => new()
    {
        Type = "result",
        Time = time,
        Deployment = deployment,
        Result = control.Stores.Deployments.Find(deployment) is { } stored ? Info(stored, result) : null,
    };

    private static DeploymentEvent Event(string deployment, Control.Deployments.DeploymentEvent happened) => new()
    {
        Type = happened switch
        {
            { Phase: not null } => "phase",
            { Output: not null } => "output",
            { Diagnostic: not null } => "diagnostic",
            _ => "info",
        },
        Time = happened.Time,
        Deployment = deployment,
        Phase = happened.Phase is { } phase ? Word(phase) : null,
        Text = happened.Output ?? happened.Info,
        Diagnostic = happened.Diagnostic is { } diagnostic ? Diagnostic(diagnostic) : null,
    };

    private static DiagnosticInfo Diagnostic(Diagnostic diagnostic) => new()
    {
        Code = diagnostic.Code,
        Severity = diagnostic.Severity.ToString().ToLowerInvariant(),
        Message = diagnostic.Message,
        Hint = diagnostic.Hint,
        File = diagnostic.File,
        Line = diagnostic.Line,
        Column = diagnostic.Column,
        SourceLine = diagnostic.SourceLine,
    };

    private static string Word(DeploymentPhase phase) => phase == DeploymentPhase.ReleaseCommand ? "release command" : phase.ToString().ToLowerInvariant();
}
