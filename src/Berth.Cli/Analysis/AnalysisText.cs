using System.Text;
using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Analysis;

/// <summary>An analysis for people.</summary>
internal static class AnalysisText
{
    public static void Write(CommandContext context, AnalysisReport report)
    {
        foreach (var diagnostic in report.Errors.Concat(report.Warnings))
            DiagnosticText.Write(context.Error, context.ErrorStyle, diagnostic);
        if (report.Errors.Count > 0)
            return;
        var style = context.OutStyle;
        var text = new StringBuilder(style.Bold($"app {SafeText.Of(report.App)}")).Append('\n');
        foreach (var reason in report.Build)
            text.Append("  ").Append(SafeText.Of(reason)).Append('\n');
        foreach (var service in report.Services)
            Append(text, style, service);
        foreach (var cron in report.Crons)
            Append(text, style, cron);
        Append(text, style, report);
        context.Out.Write(text.ToString());
    }

    private static void Append(StringBuilder text, Style style, ServiceDetails service)
    {
        text.Append(style.Bold($"service {service.Name}")).Append(style.Dim($"  ({SafeText.Of(service.Source)})")).Append('\n');
        Line("command", service.Command ?? "the image's own");
        Line("starts as", service.StartsWith.Count == 0 ? "the image says" : string.Join(' ', service.StartsWith.Select(Quoted)));
        Line("image", service.Image);
        Line("port", service.Port is { } port ? $"{port}" : "none");
        Line("instances", service.MaxInstances is { } most ? $"auto, {service.Instances} to {most}" : $"{service.Instances}");
        Line("memory", service.Memory);
        if (service.Cpu is { } cpu)
            Line("cpu", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{cpu}"));
        if (service.Env.Count > 0)
            Line("variables", string.Join(", ", service.Env.Select(v => v.Key)));
        if (service.Disks.Count > 0)
            Line("disks", string.Join(", ", service.Disks));
        foreach (var sidecar in service.Sidecars)
            Line("sidecar", $"{sidecar.Name}: {sidecar.Command ?? "the image's own command"}{(sidecar.Image == service.Image ? "" : $", image {sidecar.Image}")}{(sidecar.Memory is { } memory ? $", memory {memory}" : "")}");
        if (service.Defaults.Count > 0)
            Line("defaults", string.Join("; ", service.Defaults));

        void Line(string name, string value) => AnalysisText.Line(text, style, name, value);
    }

    private static void Append(StringBuilder text, Style style, CronInfo cron)
    {
        text.Append(style.Bold($"cron {cron.Name}")).Append('\n');
        Line(text, style, "schedule", $"{cron.Schedule}, {cron.TimeZone}");
        Line(text, style, "command", cron.Command);
        Line(text, style, "runs like", cron.Service is { } service ? $"service {service}" : "the app's own image");
        Line(text, style, "timeout", cron.Timeout);
    }

    private static void Line(StringBuilder text, Style style, string name, string value) =>
        text.Append("  ").Append(style.Dim(name.PadRight(10))).Append("  ").Append(SafeText.Of(value)).Append('\n');

    private static void Append(StringBuilder text, Style style, AnalysisReport report)
    {
        if (report.Release is null)
            return;
        text.Append(style.Bold($"against {report.Release}, which runs")).Append('\n');
        if (report.Changes.Count == 0)
            text.Append("  nothing that the files say would change\n");
        foreach (var change in report.Changes)
        {
            var (sign, painted) = change.Kind switch
            {
                ReleaseChanges.Added => ("+", style.Green(SafeText.Of(change.Text))),
                ReleaseChanges.Removed => ("-", style.Red(SafeText.Of(change.Text))),
                ReleaseChanges.Interrupts => ("!", style.Yellow(SafeText.Of(change.Text))),
                _ => ("~", SafeText.Of(change.Text)),
            };
            text.Append("  ").Append(sign).Append(' ').Append(painted).Append('\n');
        }
    }

    private static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=@%+,".Contains(c, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
