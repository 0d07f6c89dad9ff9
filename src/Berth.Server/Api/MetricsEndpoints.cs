using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Metrics;

namespace Berth.Server.Api;

/// <summary>What sandboxes use, as the kernel counts it.</summary>
internal static class MetricsEndpoints
{
    /// <summary>More than any terminal is wide; half an hour of them at the shortest step.</summary>
    private const int MaxPoints = 500;

    private const int DefaultPoints = 60;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/sandboxes/metrics", List).Needs(Permission.View, Subject.Covered).WithSummary("What sandboxes use now: memory, CPU, processes, bytes read and written").Produces<IReadOnlyList<SandboxMetrics>>();
        api.MapGet("/apps/{app}/metrics", OverTime).Needs(Permission.View).WithSummary("What an app's services used over the last hour").Produces<AppMetrics>();
    }

    private static IResult List(string? app, string? sandbox, HttpContext http, ControlPlane control)
    {
        var grant = http.Caller().Grant;
        if (app is not null && !grant.Covers(app))
            return ProblemResults.From(Subjects.NotFound(Subject.App, app));
        if (app is not null && control.Apps.Find(app).Error is { } missing)
            return ProblemResults.From(missing);
        var measured = control.Sandboxes.Measure(app, sandbox, grant);
        return measured.Error is { } error ? ProblemResults.From(error) : Results.Ok<IReadOnlyList<SandboxMetrics>>([.. measured.Value.Select(Metrics)]);
    }

    private static IResult OverTime(string app, int? points, ControlPlane control)
    {
        if (control.Apps.Find(app).Error is { } missing)
            return ProblemResults.From(missing);
        if (points is < 1 or > MaxPoints)
            return ProblemResults.Of(StatusCodes.Status422UnprocessableEntity, "bad-points", $"{points} is no number of points; use 1 to {MaxPoints}");
        var (step, services) = control.Meter.OverTime(app, points ?? DefaultPoints);
        return Results.Ok(new AppMetrics(step.TotalSeconds, [.. services.Select(s =>
            new ServiceMetrics(s.Service, s.MemoryLimitBytes, [.. s.Points.Select(p => new ServiceMetricsPoint(p.At, p.Sandboxes, Math.Round(p.CpuPercent, 1), p.MemoryBytes))]))]));
    }

    private static SandboxMetrics Metrics(SandboxUsage usage) => new()
    {
        Sandbox = usage.Sandbox,
        App = usage.App,
        Service = usage.Service,
        At = usage.At,
        MemoryBytes = usage.MemoryBytes,
        MemoryPeakBytes = usage.MemoryPeakBytes > 0 ? usage.MemoryPeakBytes : null,
        MemoryLimitBytes = usage.MemoryLimitBytes,
        CpuPercent = usage.CpuPercent is { } percent ? Math.Round(percent, 1) : null,
        CpuSeconds = usage.Cpu.TotalSeconds,
        ThrottledSeconds = usage.Throttled.TotalSeconds,
        Pids = usage.Pids,
        ReadBytes = usage.ReadBytes,
        WrittenBytes = usage.WrittenBytes,
    };
}
