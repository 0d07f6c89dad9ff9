using Berth.Definitions.AppToml;
using Berth.Definitions.Yaml;
using Berth.Model;

namespace Berth.Definitions.CfManifest;

/// <summary>Reads <c>processes</c>, and the application's own keys of a process, which describe <c>web</c> unless <c>processes</c> does.</summary>
internal static class ManifestProcessReader
{
    private const string Web = "web";
    private const int MaxCommandLength = 4096;
    private const int MaxUserLength = 255;

    /// <summary>More than one machine starts.</summary>
    private const int MaxInstances = 1000;

    private static readonly Dictionary<string, Refusal> NoneRefused = [];

    /// <summary>The one of the application's own keys first.</summary>
    public static IReadOnlyList<ManifestProcess> ReadAll(ManifestSection application, FileDiagnostics diagnostics)
    {
        List<ManifestProcess> processes = [];
        var items = application.List(ManifestKeys.Processes, "a list of mappings");
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i] is not YamlMapping mapping)
                application.Error(ManifestKeys.Processes, ManifestMessages.WrongType(application.Where, ManifestKeys.Processes, "a list of mappings", $"a list with {items[i].KindName} in it"));
            else if (ReadEntry(application, mapping, i + 1, processes, diagnostics) is { } process)
                processes.Add(process);
        }
        var own = ManifestKeys.OfProcess.Where(application.Names).ToList();
        if (own.Count == 0)
            return processes;
        if (processes.Exists(process => process.Type == Web))
        {
            foreach (var key in own)
                application.Warning(key, ManifestMessages.ShadowedWebKey(application.Where, application.Spelled(key)));
            return processes;
        }
        return [ReadProcess(application, Web, application.Offset, diagnostics), .. processes];
    }

    private static ManifestProcess? ReadEntry(ManifestSection application, YamlMapping mapping, int index, List<ManifestProcess> before, FileDiagnostics diagnostics)
    {
        var said = mapping.Entries.FirstOrDefault(entry => ManifestKeys.Hyphened(entry.Key.Text) == ManifestKeys.Type).Value;
        var type = said is YamlScalar { IsText: true } scalar ? scalar.Text : "";
        var where = type.Length == 0 ? $"{application.Where}, process {index}" : $"{application.Where}, process \"{SourceText.Shown(type)}\"";
        var section = ManifestSection.Open(mapping, where, ManifestKeys.OfProcessEntry, NoneRefused, diagnostics);
        var process = ReadProcess(section, type, mapping.Offset, diagnostics);
        if (section.IsUnknown(ManifestKeys.Type))
            return null;
        if (type.Length == 0)
            section.Error(ManifestKeys.Type, ManifestMessages.NoType(application.Where, index));
        else if (Names.ServiceProblem(type) is { } problem)
            section.Error(ManifestKeys.Type, ManifestMessages.BadType(application.Where, problem));
        else if (type != Web && type.Equals(Web, StringComparison.OrdinalIgnoreCase))
            section.Error(ManifestKeys.Type, ManifestMessages.WebInOtherCase(application.Where, type));
        else if (type == "release")
            section.Error(ManifestKeys.Type, ManifestMessages.ReleaseIsNoProcess(application.Where));
        else if (before.Find(other => other.Type.Equals(type, StringComparison.OrdinalIgnoreCase)) is { } first)
            section.Error(ManifestKeys.Type, ManifestMessages.TypeTwice(application.Where, type, first.Type, first.Line));
        else
            return process;
        return null;
    }

    private static ManifestProcess ReadProcess(ManifestSection section, string type, int offset, FileDiagnostics diagnostics)
    {
        CheckCarriedOut(section);
        var command = section.Text(ManifestKeys.Command, MaxCommandLength);
        return new ManifestProcess
        {
            Type = type,
            File = diagnostics.Source.Name,
            Line = diagnostics.Source.LineOf(offset),
            Command = command is "default" or "null" ? null : command,
            Instances = section.Count(ManifestKeys.Instances, 0, MaxInstances),
            MemoryBytes = section.Size(ManifestKeys.Memory, AppTomlRanges.MinMemory, AppTomlRanges.MaxMemory, ByteSize.Format),
            Health = ManifestHealth.Read(section, type),
        };
    }

    /// <summary>Limits that Berth does not have, and the user, which is the image's.</summary>
    private static void CheckCarriedOut(ManifestSection section)
    {
        if (section.Size(ManifestKeys.DiskQuota, ByteSize.MiB, long.MaxValue, ByteSize.ForPeople) is not null)
            section.Warning(ManifestKeys.DiskQuota, ManifestMessages.WithoutEffect(section.Where, section.Spelled(ManifestKeys.DiskQuota), ManifestKeys.DiskQuotaUnlimited));
        CheckLogRate(section);
        if (section.Text(ManifestKeys.User, MaxUserLength) is { } user && user != "vcap")
            section.Error(ManifestKeys.User, ManifestMessages.NotCarriedOut(section.Where, ManifestKeys.User, ManifestKeys.OtherUser));
    }

    private static void CheckLogRate(ManifestSection section)
    {
        // -1 is what Berth does: no limit. 0, alone, needs no unit.
        if (section.Find(ManifestKeys.LogRate) is null or YamlScalar { Text: "-1" })
            return;
        if (section.Find(ManifestKeys.LogRate) is not YamlScalar { Text: "0" } && section.Bytes(ManifestKeys.LogRate) is var bytes and not >= -1)
        {
            if (bytes is { } negative)
                section.Error(ManifestKeys.LogRate, ManifestMessages.OutOfRange(section.Where, section.Spelled(ManifestKeys.LogRate), negative, -1, long.MaxValue));
            return;
        }
        section.Warning(ManifestKeys.LogRate, ManifestMessages.WithoutEffect(section.Where, section.Spelled(ManifestKeys.LogRate), ManifestKeys.LogRateUnlimited));
    }
}
