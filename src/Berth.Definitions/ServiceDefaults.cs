using Berth.Definitions.AppToml;
using Berth.Model;

namespace Berth.Definitions;

/// <summary>What a service gets that no file says (SPEC section 3), and the words in which that is told.</summary>
internal static class ServiceDefaults
{
    /// <summary><c>web</c> follows demand; any other service has one sandbox.</summary>
    public static Scaling ScalingOf(string service) => service == "web" ? Scaling.Automatic() : Scaling.FixedAt(1);

    /// <summary>The values of a finished service that were filled in; <paramref name="written"/> is what app.toml says of it, if it does.</summary>
    public static IReadOnlyList<string> InWords(ServiceDefinition service, AppTomlService? written)
    {
        List<string> words = [];
        if (service is { Command: null, Args: null })
            words.Add("command: the image's own");
        if (written?.Scaling is null)
            words.Add(InWords(service.Scaling));
        else
            words.AddRange(written.Scaling.Defaults.Select(value => $"concurrency.{value}"));
        if (service.IsRoutable && service.Port is null)
            words.Add($"port: the only one that the image EXPOSEs, else {service.DefaultPort}");
        if (written?.MemoryBytes is null)
            words.Add($"memory {ByteSize.Format(service.MemoryBytes)}");
        if (written?.StopTimeout is null)
            words.Add($"stop_timeout {GoDuration.Format(service.StopTimeout)}");
        return words;
    }

    private static string InWords(Scaling scaling) => scaling.Mode == ScalingMode.Fixed
        ? $"concurrency fixed, {scaling.Instances}"
        : $"concurrency auto, {scaling.MinInstances} to {scaling.MaxInstances} instances of {scaling.RequestsPerInstance} requests, "
            + $"scale_down_delay {GoDuration.Format(scaling.ScaleDownDelay)}, standby {scaling.Standby}, standby_delay {GoDuration.Format(scaling.StandbyDelay)}";
}
