using Berth.Model;

namespace Berth.Definitions.Toml;

/// <summary>What a TOML file says. With errors among the diagnostics, <see cref="Root"/> holds what could be read in spite of them.</summary>
/// <param name="Source">Null where the file is not even text.</param>
public sealed record TomlDocument(SourceText? Source, TomlTable Root, IReadOnlyList<Diagnostic> Diagnostics)
{
    public bool IsValid => Diagnostics.All(d => d.Severity != Severity.Error);
}
