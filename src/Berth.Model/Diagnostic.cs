namespace Berth.Model;

public enum Severity
{
    Error,
    Warning,
}

/// <summary>
/// Something to tell a person about their input: what is wrong, where, and what to write instead. The same object is
/// shown by the command line, the API and the dashboard.
/// </summary>
public sealed record Diagnostic
{
    /// <summary>Stable, lower case with dashes: <c>procfile-bad-line</c>.</summary>
    public required string Code { get; init; }

    public Severity Severity { get; init; } = Severity.Error;

    /// <summary>Names the thing and what is wrong with it.</summary>
    public required string Message { get; init; }

    /// <summary>What to write or do instead.</summary>
    public string? Hint { get; init; }

    /// <summary>Path inside the source, with forward slashes; null where the problem is in no file.</summary>
    public string? File { get; init; }

    /// <summary>From 1; 0 where unknown.</summary>
    public int Line { get; init; }

    /// <summary>From 1, in characters; 0 where unknown.</summary>
    public int Column { get; init; }

    /// <summary>The offending line as it stands in the file, cut to 200 characters; null where there is none.</summary>
    public string? SourceLine { get; init; }

    /// <summary><c>Procfile:3:1: message; hint</c> on one line.</summary>
    public override string ToString()
    {
        var place = File is null ? "" : Line == 0 ? $"{File}: " : Column == 0 ? $"{File}:{Line}: " : $"{File}:{Line}:{Column}: ";
        return place + Message + (Hint is null ? "" : "; " + Hint);
    }
}
