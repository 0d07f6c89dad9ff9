using Berth.Definitions.AppToml;
using Berth.Definitions.Yaml;
using Berth.Model;

namespace Berth.Definitions.CfManifest;

/// <summary>Reads <c>sidecars</c>.</summary>
internal static class ManifestSidecars
{
    private const string Name = "name", Command = "command", ProcessTypes = "process_types", Memory = "memory", Env = "env", Health = "health-check-type";
    private const int MaxCommandLength = 4096;

    private static readonly string[] Known = [Name, Command, ProcessTypes, Memory, Env, Health];

    public static IReadOnlyList<ManifestSidecar> Read(ManifestSection application, FileDiagnostics diagnostics)
    {
        List<ManifestSidecar> sidecars = [];
        foreach (var item in application.List(ManifestKeys.Sidecars, "a list of mappings"))
        {
            if (item is not YamlMapping mapping)
            {
                application.Error(ManifestKeys.Sidecars, ManifestMessages.Sidecar(application.Where, $"a sidecar is a mapping, not {item.KindName}"));
                continue;
            }
            var section = ManifestSection.OpenExact(mapping, $"{application.Where}, sidecars", Known, diagnostics);
            var sidecar = Read(section, diagnostics.Source.LineOf(mapping.Offset));
            if (sidecars.Find(other => other.Name == sidecar.Name && sidecar.Name.Length > 0) is { } first)
                section.Error(Name, ManifestMessages.Sidecar(section.Where, $"\"{SourceText.Shown(sidecar.Name)}\" is there already, in line {first.Line}"));
            sidecars.Add(sidecar);
        }
        return sidecars;
    }

    /// <summary>What is wrong in it has been complained about, and is empty.</summary>
    private static ManifestSidecar Read(ManifestSection section, int line)
    {
        if (section.Has(Env))
            section.Warning(Env, ManifestMessages.WithoutEffect(section.Where, Env, ManifestKeys.SidecarEnv));
        if (section.Has(Health))
            section.Warning(Health, ManifestMessages.WithoutEffect(section.Where, Health, ManifestKeys.SidecarHealth));
        return new(ReadText(section, Name, SidecarDefinition.MaxNameLength), ReadText(section, Command, MaxCommandLength), ReadTypes(section), ReadMemory(section), line);
    }

    private static string ReadText(ManifestSection section, string key, int most)
    {
        if (section.IsUnknown(key) || section.Find(key) is not (null or YamlScalar { Text: "" }))
            return section.Text(key, most) ?? "";
        section.Error(key, ManifestMessages.Sidecar(section.Where, $"{key} is missing"));
        return "";
    }

    private static List<string> ReadTypes(ManifestSection section)
    {
        var items = section.List(ProcessTypes, "a list of texts");
        if (items.Count == 0)
            section.Error(ProcessTypes, ManifestMessages.Sidecar(section.Where, "process_types names no process"));
        List<string> types = [];
        foreach (var item in items)
        {
            if (item is YamlScalar { IsText: true } type)
                types.Add(type.Text);
            else
                section.Error(ProcessTypes, ManifestMessages.WrongType(section.Where, ProcessTypes, "a list of texts", $"a list with {item.KindName} in it"));
        }
        return types;
    }

    private static long? ReadMemory(ManifestSection section)
    {
        if (!section.Has(Memory) || section.Bytes(Memory) is not { } bytes)
            return null;
        if (bytes > 0)
            return section.Size(Memory, AppTomlRanges.MinMemory, AppTomlRanges.MaxMemory, ByteSize.Format);
        section.Error(Memory, ManifestMessages.Sidecar(section.Where, "memory is not greater than 0"));
        return null;
    }
}
