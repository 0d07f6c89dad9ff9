using System.Globalization;

namespace Berth.Parsers;

/// <summary>What this process uses.</summary>
internal static class Memory
{
    /// <summary>Most resident memory since <see cref="ResetPeak"/>, or since the start.</summary>
    public static long PeakMiB() => PeakKiB() / 1024;

    public static long PeakKiB() =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    public static void ResetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    public static long ManagedKiB() => GC.GetTotalMemory(forceFullCollection: true) / 1024;
}
