namespace Berth.Definitions;

/// <summary>How much of a definition file is read before Berth refuses it.</summary>
public sealed record DefinitionLimits
{
    /// <summary>Bytes of one file; default 1 MiB. A larger file is refused unread.</summary>
    public int MaxFileBytes { get; init; } = 1024 * 1024;

    /// <summary>Problems told of one file; default 50. Further ones are only counted.</summary>
    public int MaxDiagnostics { get; init; } = 50;

    /// <summary>Problems of one file that are found at all; default 1000. Past them the rest of the file is not looked at.</summary>
    public int MaxProblems { get; init; } = 1000;

    /// <summary>Services that one file may define; default 1000. Past it the file is refused.</summary>
    public int MaxServices { get; init; } = 1000;

    /// <summary>Crons of one app; default 100. One more is an error.</summary>
    public int MaxCrons { get; init; } = 100;

    /// <summary>Keys, tables and items of arrays of one TOML file; default 30000. Past it the file is refused.</summary>
    public int MaxTomlValues { get; init; } = 30_000;

    /// <summary>Arrays and inline tables (in YAML: lists and mappings) inside each other, and parts of one dotted TOML key; default 100. Past it the file is refused.</summary>
    public int MaxNesting { get; init; } = 100;

    /// <summary>Values of one YAML file, those behind each alias counted anew, and again after variables are filled in; default 10,000. Past it the file is refused.</summary>
    public int MaxYamlNodes { get; init; } = 10_000;

    /// <summary>Characters of one text in a YAML file; default 131,072, which is what Linux passes as one variable. Past it the file is refused.</summary>
    public int MaxYamlText { get; init; } = 128 * 1024;

    /// <summary>Characters that variables may add to one manifest; default 1,048,576. Past it the manifest is refused.</summary>
    public int MaxVariableCharacters { get; init; } = 1024 * 1024;
}
