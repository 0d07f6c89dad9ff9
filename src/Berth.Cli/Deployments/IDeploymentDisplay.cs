using Berth.Contracts;

namespace Berth.Cli.Deployments;

/// <summary>Shows a deployment while it runs. Calls come one after another; disposing ends what is still shown.</summary>
internal interface IDeploymentDisplay : IDisposable
{
    /// <summary>A phase begins, and with it the one before has ended. The same phase again changes nothing.</summary>
    void Phase(string name);

    /// <summary>What the current phase is at, where that can be told: <c>12 MB sent</c>.</summary>
    void Detail(string text);

    /// <summary>A whole line of the build's or the release command's output.</summary>
    void Output(string line);

    /// <summary>A line for people.</summary>
    void Info(string text);

    void Diagnostic(DiagnosticInfo diagnostic);

    /// <summary>Nothing more comes. A phase that was under way is shown as done or failed.</summary>
    void End(bool succeeded);
}
