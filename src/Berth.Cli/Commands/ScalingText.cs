using System.Globalization;
using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary>Why an app has as many sandboxes as it has: <c>berth scale --explain</c>, and over time <c>berth app --watch</c>.</summary>
internal static class ScalingText
{
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(1);

    public static async Task<int> ExplainAsync(CommandContext context, string app, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var scaling = await client.GetScalingAsync(app, ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, scaling, ContractsJson.Default.ScalingInfo);
            return ExitCodes.Done;
        }
        context.Out.Write($"{scaling.InFlight} requests in flight, {scaling.Waiting} waiting\n\n");
        var table = new Table("SERVICE", "SCALE", "WANTED", "RUNNING", "STANDBY", "REASON");
        foreach (var service in scaling.Services)
            table.Add(service.Service, service.Mode, Number(service.Wanted), Number(service.Running), Number(service.Standby), service.Reason);
        table.WriteTo(context.Out, context.OutStyle);
        if (scaling.Changes.Count == 0)
            return ExitCodes.Done;
        context.Out.Write("\n");
        var changes = new Table("WHEN", "SERVICE", "FROM", "TO", "REASON");
        var now = context.Time.GetUtcNow();
        foreach (var change in scaling.Changes)
            changes.Add(RelativeTime.Ago(change.At, now), change.Service, Number(change.From), Number(change.To), change.Reason);
        changes.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }

    /// <summary>A line a second and service, until it is interrupted.</summary>
    public static async Task<int> WatchAsync(CommandContext context, string app, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        if (!json)
            context.Out.Write($"{"TIME",-10}{"SERVICE",-12}{"IN FLIGHT",10}{"WAITING",9}{"WANTED",8}{"RUNNING",9}{"STANDBY",9}\n");
        while (true)
        {
            var scaling = await client.GetScalingAsync(app, ct).ConfigureAwait(false);
            if (json)
                JsonOutput.WriteLine(context.Out, scaling, ContractsJson.Default.ScalingInfo);
            var at = context.Time.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
            foreach (var service in json ? [] : scaling.Services)
                context.Out.Write($"{at,-10}{SafeText.Of(service.Service),-12}{scaling.InFlight,10}{scaling.Waiting,9}{service.Wanted,8}{service.Running,9}{service.Standby,9}\n");
            await Task.Delay(WatchPeriod, context.Time, ct).ConfigureAwait(false);
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
