using System.Text;
using Berth.Contracts;

namespace Berth.Server.Dashboard;

/// <summary>One phase of a deployment.</summary>
/// <param name="End">Null while it lasts.</param>
public sealed record PhaseSpan(string Name, DateTimeOffset Start, DateTimeOffset? End);

/// <summary>A deployment's events, gathered into what its page shows. Not thread-safe.</summary>
public sealed class DeploymentStory(int outputLimit)
{
    private readonly List<PhaseSpan> _phases = [];
    private readonly StringBuilder _output = new();

    public IReadOnlyList<PhaseSpan> Phases => _phases;

    public DeploymentInfo? Result { get; private set; }

    /// <summary>The end of what was printed, within the limit.</summary>
    public string Output => _output.ToString();

    /// <summary>Takes the next event in, and says what it prints; empty where it prints nothing.</summary>
    public string Add(DeploymentEvent happened)
    {
        if (happened.Phase is not null || happened.Result is not null)
            EndPhase(happened.Time);
        if (happened.Phase is { } phase)
            _phases.Add(new(phase, happened.Time, phase == "done" ? happened.Time : null));
        Result = happened.Result ?? Result;
        var text = TextOf(happened);
        _output.Append(text);
        if (_output.Length > outputLimit)
            _output.Remove(0, _output.Length - outputLimit);
        return text;
    }

    private void EndPhase(DateTimeOffset at)
    {
        if (_phases is [.., { End: null } last])
            _phases[^1] = last with { End = at };
    }

    private static string TextOf(DeploymentEvent happened) => happened switch
    {
        { Type: "output", Text: { } output } => PlainText.OfLines(output),
        { Text: { } line } => PlainText.OfLines(line) + "\n",
        { Diagnostic: { } diagnostic } => PlainText.OfLines(Line(diagnostic)) + "\n",
        _ => "",
    };

    private static string Line(DiagnosticInfo diagnostic)
    {
        var place = diagnostic switch
        {
            { File: null } => "",
            { Line: 0 } => $"{diagnostic.File}: ",
            { Column: 0 } => $"{diagnostic.File}:{diagnostic.Line}: ",
            _ => $"{diagnostic.File}:{diagnostic.Line}:{diagnostic.Column}: ",
        };
        var hint = diagnostic.Hint is null ? "" : $" ({diagnostic.Hint})";
        return $"{place}{diagnostic.Severity}: {diagnostic.Message}{hint}";
    }
}
