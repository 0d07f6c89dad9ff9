using Berth.Model;

namespace Berth.Definitions;

/// <summary>A detected stack's part in a definition.</summary>
/// <param name="Stack">Its name: <c>python</c>.</param>
/// <param name="WebCommand">What starts <c>web</c> where no file says it.</param>
public sealed record StackDefault(string Stack, string WebCommand);

/// <summary>What an app is defined by, as far as it is known before its image is built.</summary>
public sealed record DefinitionSources
{
    /// <summary>Path inside the source, with forward slashes, to the file's bytes; null where there is none.</summary>
    public required Func<string, byte[]?> ReadFile { get; init; }

    /// <summary>A Procfile chosen by hand (<c>--procfile FILE</c>) or found in an image; it replaces the source's own.</summary>
    public byte[]? Procfile { get; init; }

    /// <summary>How <see cref="Procfile"/> is called in messages; default <c>Procfile</c>.</summary>
    public string? ProcfileName { get; init; }

    public StackDefault? Stack { get; init; }

    public DefinitionLimits Limits { get; init; } = new();
}

/// <param name="Definition">Null exactly if there is an error among the diagnostics.</param>
/// <param name="Diagnostics">File by file, each in the order of its lines.</param>
public sealed record DefinitionResult(AppDefinition? Definition, IReadOnlyList<Diagnostic> Diagnostics)
{
    internal static DefinitionResult Of(AppDefinition definition, IReadOnlyList<Diagnostic> diagnostics) =>
        new(diagnostics.Any(d => d.Severity == Severity.Error) ? null : definition, diagnostics);
}
