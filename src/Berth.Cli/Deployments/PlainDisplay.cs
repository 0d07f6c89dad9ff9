using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Deployments;

/// <summary>Lines for files and build servers: <c>==> build</c>, the output, <c>    done in 3.2s</c>.</summary>
internal sealed class PlainDisplay(TextWriter output, Style style, TimeProvider time) : IDeploymentDisplay
{
    private const string Indent = "    ";

    private string? _phase;
    private long _since;

    public void Phase(string name)
    {
        if (name == _phase)
            return;
        End(succeeded: true);
        _phase = name;
        _since = time.GetTimestamp();
        output.Write($"==> {style.Foreign(name)}\n");
    }

    public void Detail(string text)
    {
        // Would be a line for every piece that is sent.
    }

    public void Output(string line) => output.Write($"{Indent}{style.Foreign(line)}\n");

    public void Info(string text) => output.Write($"{Indent}{style.Foreign(text)}\n");

    public void Diagnostic(DiagnosticInfo diagnostic) => DiagnosticText.Write(output, style, diagnostic);

    public void End(bool succeeded)
    {
        // The last phase is called "done": to say that it is done, and when, would be to say it twice.
        if (_phase is not (null or "done"))
            output.Write($"{Indent}{(succeeded ? "done in" : "failed after")} {RelativeTime.Took(time.GetElapsedTime(_since))}\n");
        _phase = null;
    }

    public void Dispose()
    {
    }
}
