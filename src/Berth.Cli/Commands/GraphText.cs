using System.Globalization;
using Berth.Cli.Output;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary>An app's CPU and memory over time, by service: <c>berth app --graph</c>.</summary>
internal static class GraphText
{
    private const int Height = 4;

    /// <summary>For the scale, which stands to the left.</summary>
    private const int Margin = 10;

    /// <summary>Where there is no terminal whose width could be filled.</summary>
    private const int DefaultWidth = 80;

    private const int MaxWidth = 250;

    public static async Task<int> RunAsync(CommandContext context, string app, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var width = Math.Clamp(context.Terminal.Size?.Columns ?? DefaultWidth, Margin + 10, MaxWidth) - Margin;
        var metrics = await client.GetAppMetricsAsync(app, width, ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, metrics, ContractsJson.Default.AppMetrics);
            return ExitCodes.Done;
        }
        if (metrics.Services.Count == 0)
            context.Error.Write(CliMessages.NothingMeasured(app) + "\n");
        foreach (var service in metrics.Services)
        {
            WriteCpu(context, service);
            WriteMemory(context, service);
            WriteTimes(context, service, TimeSpan.FromSeconds(metrics.StepSeconds));
        }
        return ExitCodes.Done;
    }

    private static void WriteCpu(CommandContext context, ServiceMetrics service)
    {
        var peak = service.Points.Max(p => p.CpuPercent);
        // Little is drawn as little: below a tenth of a core the scale grows no finer.
        var full = Math.Max(peak, 10);
        WriteHead(context, service, "CPU", $"{Percent(service.Points[^1].CpuPercent)}, at most {Percent(peak)}");
        Write(context, [.. service.Points.Select(p => p.CpuPercent)], full, Percent(full));
    }

    private static void WriteMemory(CommandContext context, ServiceMetrics service)
    {
        var peak = service.Points.Max(p => p.MemoryBytes);
        var last = service.Points[^1];
        var count = last.Sandboxes == 1 ? "1 sandbox" : string.Create(CultureInfo.InvariantCulture, $"{last.Sandboxes} sandboxes");
        var limit = service.MemoryLimitBytes is { } bytes ? $" with at most {ByteSize.ForPeople(bytes)} each" : "";
        WriteHead(context, service, "memory", $"{ByteSize.ForPeople(last.MemoryBytes)}, at most {ByteSize.ForPeople(peak)}; {count}{limit}");
        Write(context, [.. service.Points.Select(p => (double)p.MemoryBytes)], peak, ByteSize.ForPeople(peak));
    }

    private static void WriteHead(CommandContext context, ServiceMetrics service, string what, string numbers) =>
        context.Out.Write($"{context.OutStyle.Bold($"{SafeText.Of(service.Service)} {what}")}  {numbers}\n");

    private static void Write(CommandContext context, IReadOnlyList<double> values, double full, string scale)
    {
        foreach (var (number, line) in Graph.Lines(values, full, Height).Index())
            context.Out.Write($"{context.OutStyle.Dim((number == 0 ? scale : number == Height - 1 ? "0" : "").PadLeft(Margin - 2) + " ▕")}{context.OutStyle.Green(line.TrimEnd())}\n");
    }

    private static void WriteTimes(CommandContext context, ServiceMetrics service, TimeSpan step)
    {
        var from = RelativeTime.Short(step * service.Points.Count) + " ago";
        context.Out.Write($"{new string(' ', Margin)}{context.OutStyle.Dim(from + "now".PadLeft(Math.Max(4, service.Points.Count - from.Length)))}\n\n");
    }

    private static string Percent(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:0.#} %");
}
