using Berth.Model;

namespace Berth.Definitions;

/// <summary>Gathers what is wrong with one file, up to a limit: a picture named Procfile should not answer with a million errors.</summary>
internal sealed class FileDiagnostics(SourceText source, DefinitionLimits limits)
{
    private readonly List<Diagnostic> items = [];
    private int beyondLimit;

    public SourceText Source => source;

    public bool HasErrors { get; private set; }

    /// <summary>So many problems that looking for more helps nobody: readers stop.</summary>
    public bool IsFull => items.Count + beyondLimit >= limits.MaxProblems;

    public void Error(int offset, Problem problem)
    {
        HasErrors = true;
        Add(offset, problem, Severity.Error);
    }

    public void Warning(int offset, Problem problem) => Add(offset, problem, Severity.Warning);

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<Diagnostic> ToList()
    {
        List<Diagnostic> sorted = [.. items.OrderBy(d => d.Line).ThenBy(d => d.Column)];
        if (beyondLimit > 0)
            sorted.Add(DefinitionMessages.MoreProblems(beyondLimit, IsFull).In(source.Name));
        return sorted;
    }

    private void Add(int offset, Problem problem, Severity severity)
    {
        if (items.Count < limits.MaxDiagnostics)
            items.Add(problem.At(source, offset) with { Severity = severity });
        else
            beyondLimit++;
    }
}
