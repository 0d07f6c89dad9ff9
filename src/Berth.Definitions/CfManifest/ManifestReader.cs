using System.Globalization;
using Berth.Definitions.Yaml;

namespace Berth.Definitions.CfManifest;

/// <summary>
/// Reads a Cloud Foundry manifest (schema version 1). The mistakes of all its applications are told at once; with a mistake in the YAML itself only
/// that one.
/// </summary>
public static class ManifestReader
{
    private const string Version = "version";
    private const string Applications = "applications";

    /// <param name="onlyName">The app it is read for: the name of the application if the manifest has only one.</param>
    public static ManifestFile Read(string name, ReadOnlySpan<byte> bytes, ManifestVariables variables, DefinitionLimits limits, string? onlyName = null)
    {
        var (source, problem) = SourceText.Decode(name, bytes, limits);
        if (source is null)
            return new ManifestFile(name, [], [problem!]);
        var diagnostics = new FileDiagnostics(source, limits);
        var root = YamlReader.Read(diagnostics, limits);
        if (diagnostics.HasErrors)
            return new ManifestFile(name, [], diagnostics.ToList());
        root = root is null ? null : new VariableFiller(variables, diagnostics, limits).Fill(root);
        var applications = ReadRoot(root, onlyName, diagnostics);
        return new ManifestFile(name, applications, diagnostics.ToList());
    }

    private static List<ManifestApplication> ReadRoot(YamlNode? root, string? onlyName, FileDiagnostics diagnostics)
    {
        if (root is not YamlMapping mapping)
        {
            if (root is not YamlUnknown)
                diagnostics.Error(root?.Offset ?? 0, root is null ? ManifestMessages.NoApplications() : ManifestMessages.NotAMapping(root.KindName));
            return [];
        }
        YamlNode? list = null;
        foreach (var (key, value) in mapping.Entries)
        {
            if (key.Text == Applications)
                list = value;
            else if (key.Text == Version)
                CheckVersion(value, diagnostics);
            else if (!value.IsAnchored)
                diagnostics.Error(key.Offset, ManifestMessages.TopLevelKey(key.Text, ManifestKeys.OfApplication.Contains(ManifestKeys.Hyphened(key.Text))));
        }
        switch (list)
        {
            case YamlSequence { Items.Count: > 0 } sequence:
                return ReadApplications(sequence.Items, onlyName, diagnostics);
            case YamlUnknown:
                return [];
            default:
                diagnostics.Error(list?.Offset ?? mapping.Offset, ManifestMessages.NoApplications());
                return [];
        }
    }

    private static void CheckVersion(YamlNode value, FileDiagnostics diagnostics)
    {
        if (value is not (YamlUnknown or YamlScalar { Integer: 1 }))
            diagnostics.Error(value.Offset, ManifestMessages.BadVersion((value as YamlScalar)?.Text ?? value.KindName));
    }

    private static List<ManifestApplication> ReadApplications(IReadOnlyList<YamlNode> items, string? onlyName, FileDiagnostics diagnostics)
    {
        List<ManifestApplication> applications = [];
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < items.Count; i++)
        {
            var position = $"application {(i + 1).ToString(CultureInfo.InvariantCulture)}";
            if (items[i] is not YamlMapping mapping)
            {
                if (items[i] is not YamlUnknown)
                    diagnostics.Error(items[i].Offset, ManifestMessages.WrongType(position, Applications, "a list of mappings", items[i].KindName));
                continue;
            }
            var application = ManifestApplicationReader.Read(mapping, position, items.Count == 1 ? onlyName : null, diagnostics);
            applications.Add(application);
            if (application.Name is { } name && !places.TryAdd(name, mapping.Offset))
                diagnostics.Error(mapping.Offset, ManifestMessages.NameTwice(name, diagnostics.Source.LineOf(places[name])));
        }
        return applications;
    }
}
