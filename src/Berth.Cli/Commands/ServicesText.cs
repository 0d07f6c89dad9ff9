using System.Globalization;
using Berth.Cli.Output;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary>An app's services as a table, and below it what crashed and with which last words.</summary>
internal static class ServicesText
{
    public static void Write(CommandContext context, IReadOnlyList<ServiceInfo> services)
    {
        var table = new Table("SERVICE", "READY", "SCALE", "MEMORY", "CPU", "STATE", "COMMAND");
        foreach (var service in services)
        {
            var scale = service.ScaledByPerson ? service.Mode + " (set)" : service.Mode;
            var cpu = service.Cpu?.ToString("0.###", CultureInfo.InvariantCulture);
            table.Add(service.Name, $"{service.Ready}/{service.Desired}", scale, ByteSize.Format(service.MemoryBytes), cpu, service.Status, service.Command ?? $"(of image {service.Image})");
        }
        table.WriteTo(context.Out, context.OutStyle);
        foreach (var service in services)
        {
            if (service.Sidecars is { } sidecars)
                context.Out.Write($"\n{SafeText.Of(service.Name)} runs with {(sidecars.Count == 1 ? "sidecar" : "sidecars")} {SafeText.Of(string.Join(", ", sidecars))}\n");
            if (service.LastCrash is { } crash)
                WriteCrash(context, service.Name, crash);
        }
    }

    private static void WriteCrash(CommandContext context, string service, CrashInfo crash)
    {
        var now = context.Time.GetUtcNow();
        var why = crash.OutOfMemory ? "out of memory" : $"exit code {crash.ExitCode}";
        var times = crash.Count > 1 ? $", {crash.Count} times in a row" : "";
        var next = crash.NextTryAt is { } at && at > now ? $", next try in {RelativeTime.Short(at - now)}" : "";
        context.Out.Write($"\n{SafeText.Of(service)} crashed {RelativeTime.Ago(crash.At, now)}: {why}{times}{next} (sandbox {SafeText.Of(crash.Sandbox)})\n");
        foreach (var line in crash.LastLines)
            context.Out.Write($"    {context.OutStyle.Foreign(line)}\n");
    }
}
