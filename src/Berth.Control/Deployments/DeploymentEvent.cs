using System.Text.Json.Serialization;
using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>One thing that happened in a deployment, as it is stored and streamed. Exactly one of the members after the time is set.</summary>
public sealed record DeploymentEvent
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>A phase begins.</summary>
    public DeploymentPhase? Phase { get; init; }

    /// <summary>A piece of a build's or a release command's output, as it came.</summary>
    public string? Output { get; init; }

    /// <summary>A line for people.</summary>
    public string? Info { get; init; }

    public Diagnostic? Diagnostic { get; init; }

    /// <summary>The end.</summary>
    public DeploymentResult? Result { get; init; }

    /// <summary>The same with every text that people see put through <paramref name="map"/>.</summary>
    public DeploymentEvent Map(Func<string, string> map) => this with
    {
        Output = Output is null ? null : map(Output),
        Info = Info is null ? null : map(Info),
        Diagnostic = Diagnostic is null ? null : Diagnostic with { Message = map(Diagnostic.Message), Hint = Diagnostic.Hint is { } hint ? map(hint) : null, SourceLine = Diagnostic.SourceLine is { } line ? map(line) : null },
        Result = Result is null ? null : Result with { Error = Result.Error is { } error ? map(error) : null, LastLines = [.. Result.LastLines.Select(map)] },
    };
}

/// <summary>How a deployment ended.</summary>
/// <param name="Unchanged">Nothing differed from the active release, and nothing was done.</param>
/// <param name="LastLines">Of the sandbox that failed, at most 20.</param>
public sealed record DeploymentResult(DeploymentOutcome Outcome, string? Error, bool Unchanged, IReadOnlyList<string> LastLines);

[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeploymentEvent))]
internal sealed partial class DeploymentEventJson : JsonSerializerContext;
