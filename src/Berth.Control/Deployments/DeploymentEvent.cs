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
}

/// <summary>How a deployment ended.</summary>
/// <param name="Unchanged">Nothing differed from the active release, and nothing was done.</param>
/// <param name="LastLines">Of the sandbox that failed, at most 20.</param>
public sealed record DeploymentResult(DeploymentOutcome Outcome, string? Error, bool Unchanged, IReadOnlyList<string> LastLines);

[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeploymentEvent))]
internal sealed partial class DeploymentEventJson : JsonSerializerContext;
