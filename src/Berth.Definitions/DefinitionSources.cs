using Berth.Definitions.CfManifest;
using Berth.Model;

namespace Berth.Definitions;

/// <summary>A detected stack's part in a definition.</summary>
/// <param name="Stack">Its name: <c>python</c>.</param>
/// <param name="WebCommand">What starts <c>web</c> where no file says it.</param>
public sealed record StackDefault(string Stack, string WebCommand);

/// <summary>A file that a person chose to define the app (<c>-f FILE</c>), or that the command line found.</summary>
/// <param name="Name">How it is called in messages. One that ends in <c>.toml</c> is an app.toml, any other a manifest.</param>
public sealed record ChosenFile(string Name, byte[] Bytes)
{
    public bool IsAppToml => Name.EndsWith(".toml", StringComparison.OrdinalIgnoreCase);
}

/// <summary>What an app is defined by, as far as it is known before its image is built.</summary>
public sealed record DefinitionSources
{
    /// <summary>Path inside the source, with forward slashes, to the file's bytes; null where there is none.</summary>
    public required Func<string, byte[]?> ReadFile { get; init; }

    /// <summary>A Procfile chosen by hand (<c>--procfile FILE</c>) or found in an image; it replaces the source's own.</summary>
    public byte[]? Procfile { get; init; }

    /// <summary>How <see cref="Procfile"/> is called in messages; default <c>Procfile</c>.</summary>
    public string? ProcfileName { get; init; }

    /// <summary>It is read in place of the source's own app.toml and manifest, and its <c>path</c> has been followed: what is read lies there.</summary>
    public ChosenFile? Chosen { get; init; }

    /// <summary>Which application of a manifest is meant; null: the only one.</summary>
    public string? App { get; init; }

    /// <summary>For the <c>((variables))</c> of a manifest.</summary>
    public ManifestVariables Variables { get; init; } = ManifestVariables.None;

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
