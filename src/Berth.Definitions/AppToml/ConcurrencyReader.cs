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
        var mode = section.Choice("mode", "auto", "fixed", "queue") switch
        {
            "auto" => ScalingMode.Auto,
            "fixed" => ScalingMode.Fixed,
            "queue" => ScalingMode.Queue,
            _ when QueueReader.Keys.Any(section.Has) => ScalingMode.Queue,
            _ => AutoKeys.Any(section.Has) ? ScalingMode.Auto : ServiceDefaults.ScalingOf(service).Mode,
        };
        if (!section.Has("mode"))
            defaults.Add($"mode {mode.ToString().ToLowerInvariant()}");
        foreach (var key in mode == ScalingMode.Queue ? [] : QueueReader.Keys.Where(section.Has))
            section.Error(key, DefinitionMessages.KeyOfOtherMode(section.Qualified(key), mode.ToString().ToLowerInvariant(), "queue"));
        var scaling = mode switch
        {
            ScalingMode.Fixed => ReadFixed(section, defaults),
            ScalingMode.Queue => ReadQueue(section, service, defaults),
            _ => ReadAuto(section, defaults),
        };
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
        return ReadBounds(section, usual, defaults) with
        {
            RequestsPerInstance = Value(section.Count("requests_per_instance", 1, AppTomlRanges.MaxRequestsPerInstance), "requests_per_instance", usual.RequestsPerInstance, defaults),
            Standby = Value(section.Count("standby", 0, AppTomlRanges.MaxInstances), "standby", usual.Standby, defaults),
            StandbyDelay = Delay(section, "standby_delay", usual.StandbyDelay, defaults),
        };
    }

    private static Scaling ReadQueue(TomlSection section, string service, List<string> defaults)
    {
        foreach (var key in new[] { "num_instances", "requests_per_instance", "standby", "standby_delay" }.Where(section.Has))
            section.Error(key, DefinitionMessages.KeyOfOtherMode(section.Qualified(key), "queue", key == "num_instances" ? "fixed" : "auto"));
        if (Names.IsRoutable(service))
            section.Error("mode", DefinitionMessages.QueueForWorkers(section.Path, service));
        var usual = Scaling.ByQueue(QueueReader.Read(section));
        return ReadBounds(section, usual, defaults) with { JobsPerInstance = Value(section.Count("jobs_per_instance", 1, AppTomlRanges.MaxRequestsPerInstance), "jobs_per_instance", usual.JobsPerInstance, defaults) };
    }

    private static Scaling ReadBounds(TomlSection section, Scaling usual, List<string> defaults)
    {
        var scaling = usual with
        {
            ScaleDownDelay = Delay(section, "scale_down_delay", usual.ScaleDownDelay, defaults),
            MinInstances = Value(section.Count("min_instances", 0, AppTomlRanges.MaxInstances), "min_instances", usual.MinInstances, defaults),
            MaxInstances = Value(section.Count("max_instances", 1, AppTomlRanges.MaxInstances), "max_instances", usual.MaxInstances, defaults),
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
