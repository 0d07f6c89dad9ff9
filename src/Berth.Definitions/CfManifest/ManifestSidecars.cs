using Berth.Definitions.Yaml;

namespace Berth.Definitions.CfManifest;

/// <summary>Checks <c>sidecars</c>, which Berth does not run: a right one is refused, too, but not before the wrong ones have been told.</summary>
internal static class ManifestSidecars
{
    private const int MaxNameLength = 255;
    private const int MaxCommandLength = 4096;

    public static void Check(ManifestSection application, FileDiagnostics diagnostics)
    {
        var items = application.List(ManifestKeys.Sidecars, "a list of mappings");
        foreach (var item in items)
        {
            if (item is YamlMapping mapping)
                Check(ManifestSection.OpenExact(mapping, $"{application.Where}, sidecars", ["name", "command", "process_types", "memory", "env", "health-check-type"], diagnostics));
            else
                application.Error(ManifestKeys.Sidecars, ManifestMessages.Sidecar(application.Where, $"a sidecar is a mapping, not {item.KindName}"));
        }
        if (items.Count > 0)
            application.Error(ManifestKeys.Sidecars, ManifestMessages.NotCarriedOut(application.Where, ManifestKeys.Sidecars, ManifestKeys.Sidecar));
    }

    private static void Check(ManifestSection sidecar)
    {
        CheckText(sidecar, "name", MaxNameLength);
        CheckText(sidecar, "command", MaxCommandLength);
        if (sidecar.List("process_types", "a list of texts").Count == 0)
            sidecar.Error("process_types", ManifestMessages.Sidecar(sidecar.Where, "process_types names no process"));
        if (sidecar.Has("memory") && sidecar.Bytes("memory") is <= 0)
            sidecar.Error("memory", ManifestMessages.Sidecar(sidecar.Where, "memory is not greater than 0"));
    }

    private static void CheckText(ManifestSection sidecar, string key, int most)
    {
        if (sidecar.IsUnknown(key) || sidecar.Find(key) is not (null or YamlScalar { Text: "" }))
            sidecar.Text(key, most);
        else
            sidecar.Error(key, ManifestMessages.Sidecar(sidecar.Where, $"{key} is missing"));
    }
}
