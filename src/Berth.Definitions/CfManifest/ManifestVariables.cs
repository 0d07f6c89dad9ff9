using System.Text;
using Berth.Definitions.Yaml;
using Berth.Model;

namespace Berth.Definitions.CfManifest;

/// <summary>Values for the <c>((variables))</c> of a manifest: of files, the later one wins; a value given by itself (<c>--var</c>) wins over all files.</summary>
public sealed class ManifestVariables
{
    private readonly Dictionary<string, YamlNode> values = new(StringComparer.Ordinal);

    private ManifestVariables()
    {
    }

    public static ManifestVariables None { get; } = new();

    /// <param name="files">Names for messages, and contents: YAML mappings.</param>
    /// <param name="pairs"><c>NAME=VALUE</c>; the value is YAML, so that <c>3</c> is a number.</param>
    public static (ManifestVariables Variables, IReadOnlyList<Diagnostic> Diagnostics) Read(
        IReadOnlyList<(string Name, byte[] Bytes)> files, IReadOnlyList<string> pairs, DefinitionLimits limits)
    {
        var variables = new ManifestVariables();
        List<Diagnostic> diagnostics = [];
        foreach (var (name, bytes) in files)
            variables.AddFile(name, bytes, limits, diagnostics);
        foreach (var pair in pairs)
            variables.AddPair(pair, limits, diagnostics);
        return (variables, diagnostics);
    }

    /// <summary>The value of <c>name</c>, or of <c>name.key.key</c> inside a mapping; null: it has none.</summary>
    internal YamlNode? Find(string name)
    {
        var parts = name.TrimStart('!').Split('.');
        var found = values.GetValueOrDefault(parts[0]);
        foreach (var part in parts.Skip(1))
            found = (found as YamlMapping)?.Entries.FirstOrDefault(entry => entry.Key.Text == part).Value;
        return found;
    }

    private void AddFile(string name, byte[] bytes, DefinitionLimits limits, List<Diagnostic> diagnostics)
    {
        var (source, problem) = SourceText.Decode(name, bytes, limits);
        if (source is null)
        {
            diagnostics.Add(problem!);
            return;
        }
        var file = new FileDiagnostics(source, limits);
        var root = YamlReader.Read(file, limits);
        if (root is YamlMapping mapping)
        {
            foreach (var entry in mapping.Entries)
                values[entry.Key.Text] = entry.Value;
        }
        else if (root is not null)
        {
            file.Error(root.Offset, ManifestMessages.VariablesAreNoMapping(root.KindName));
        }
        diagnostics.AddRange(file.ToList());
    }

    private void AddPair(string pair, DefinitionLimits limits, List<Diagnostic> diagnostics)
    {
        int equals = pair.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
        {
            diagnostics.Add(ManifestMessages.BadVariablePair(pair).In(null));
            return;
        }
        var name = pair[..equals];
        var (source, problem) = SourceText.Decode($"--var {name}", Encoding.UTF8.GetBytes(pair[(equals + 1)..]), limits);
        var file = source is null ? null : new FileDiagnostics(source, limits);
        values[name] = (file is null ? null : YamlReader.Read(file, limits)) ?? new YamlScalar(0, "", plain: true);
        diagnostics.AddRange(file?.ToList() ?? [problem!]);
    }
}
