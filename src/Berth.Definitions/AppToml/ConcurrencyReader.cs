using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>
/// Reads <c>[services.NAME.concurrency]</c>. Without <c>mode</c>, a key that only auto mode has means auto; else the
/// service's name decides, as if there were no such table.
/// </summary>
internal static class ConcurrencyReader
{
    private static readonly string[] AutoKeys = ["requests_per_instance", "scale_down_delay", "min_instances", "max_instances", "standby", "standby_delay"];

    public static AppTomlScaling Read(TomlSection section, string service)
    {
        List<string> defaults = [];
        var mode = section.Choice("mode", "auto", "fixed") switch
        {
            "auto" => ScalingMode.Auto,
            "fixed" => ScalingMode.Fixed,
            _ => AutoKeys.Any(section.Has) ? ScalingMode.Auto : ServiceDefaults.ScalingOf(service).Mode,
        };
        if (!section.Has("mode"))
            defaults.Add($"mode {(mode == ScalingMode.Auto ? "auto" : "fixed")}");
        var scaling = mode == ScalingMode.Fixed ? ReadFixed(section, defaults) : ReadAuto(section, defaults);
        return new AppTomlScaling(scaling, defaults);
    }

    private static Scaling ReadFixed(TomlSection section, List<string> defaults)
    {
        foreach (var key in AutoKeys.Where(section.Has))
            section.Error(key, DefinitionMessages.KeyOfOtherMode(section.Qualified(key), "fixed", "auto"));
        return Scaling.FixedAt(Value(section.Count("num_instances", 1, AppTomlRanges.MaxInstances), "num_instances", 1, defaults));
    }

    private static Scaling ReadAuto(TomlSection section, List<string> defaults)
    {
        if (section.Has("num_instances"))
            section.Error("num_instances", DefinitionMessages.KeyOfOtherMode(section.Qualified("num_instances"), "auto", "fixed"));
        var usual = Scaling.Automatic();
        var scaling = usual with
        {
            RequestsPerInstance = Value(section.Count("requests_per_instance", 1, AppTomlRanges.MaxRequestsPerInstance), "requests_per_instance", usual.RequestsPerInstance, defaults),
            ScaleDownDelay = Delay(section, "scale_down_delay", usual.ScaleDownDelay, defaults),
            MinInstances = Value(section.Count("min_instances", 0, AppTomlRanges.MaxInstances), "min_instances", usual.MinInstances, defaults),
            MaxInstances = Value(section.Count("max_instances", 1, AppTomlRanges.MaxInstances), "max_instances", usual.MaxInstances, defaults),
            Standby = Value(section.Count("standby", 0, AppTomlRanges.MaxInstances), "standby", usual.Standby, defaults),
            StandbyDelay = Delay(section, "standby_delay", usual.StandbyDelay, defaults),
        };
        if (scaling.MinInstances > scaling.MaxInstances)
            section.Error("min_instances", DefinitionMessages.MinAboveMax(section.Path, scaling.MinInstances, scaling.MaxInstances, section.Has("max_instances")));
        return scaling;
    }

    private static TimeSpan Delay(TomlSection section, string key, TimeSpan usual, List<string> defaults)
    {
        var written = section.Duration(key, TimeSpan.Zero, AppTomlRanges.MaxDelay);
        if (written is null)
            defaults.Add($"{key} {GoDuration.Format(usual)}");
        return written ?? usual;
    }

    private static int Value(int? written, string key, int usual, List<string> defaults)
    {
        if (written is null)
            defaults.Add($"{key} {usual}");
        return written ?? usual;
    }
}
