using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Store;

namespace Berth.Server.Api;

/// <summary>Crashes, as they are kept after their containers are gone.</summary>
internal static class CrashEndpoints
{
    private const int SignalBase = 128;

    /// <summary>The signals that end a process, by number.</summary>
    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "SIGHUP", [2] = "SIGINT", [3] = "SIGQUIT", [4] = "SIGILL", [5] = "SIGTRAP", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE", [9] = "SIGKILL",
        [10] = "SIGUSR1", [11] = "SIGSEGV", [12] = "SIGUSR2", [13] = "SIGPIPE", [14] = "SIGALRM", [15] = "SIGTERM", [24] = "SIGXCPU", [25] = "SIGXFSZ", [31] = "SIGSYS",
    };

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/apps/{app}/crashes", List).Needs(Permission.View).WithSummary("An app's crashes, newest first").Produces<IReadOnlyList<CrashSummary>>();
        api.MapGet("/crashes/{sandbox}", Show).Needs(Permission.View, Subject.Crash).WithSummary("One crash, with what the sandbox printed last and what its release had changed").Produces<CrashDetails>();
    }

    private static IResult List(string app, ControlPlane control)
    {
        var found = control.Apps.Find(app);
        return found.Error is { } missing
            ? ProblemResults.From(missing)
            : Results.Ok<IReadOnlyList<CrashSummary>>([.. control.Stores.Capsules.List(app).Select(c => Summary(c, control))]);
    }

    private static IResult Show(string sandbox, ControlPlane control)
    {
        if (control.Stores.Capsules.Find(sandbox) is not { } capsule || control.Stores.Apps.Find(capsule.App) is not { } app)
            return ProblemResults.From(Subjects.NotFound(Subject.Crash, sandbox));
        var release = control.Stores.Releases.Find(capsule.Release);
        var before = capsule.LastGood is { } id ? control.Stores.Releases.Find(id) : null;
        return Results.Ok(new CrashDetails
        {
            Crash = Summary(capsule, control),
            LastGood = before?.Label,
            Changes = release is null || before is null ? [] : ReleaseChanges.Of(ReleaseEndpoints.Details(before, app, EnvPart.Secrets), ReleaseEndpoints.Details(release, app, EnvPart.Secrets)),
            LastLines = capsule.Lines,
            Memory = capsule.Memory is { } memory ? new(memory.LimitBytes, memory.PeakBytes > 0 ? memory.PeakBytes : null, [.. memory.Points.Select(p => new MemoryPointInfo(p.At, p.Bytes))]) : null,
        });
    }

    private static CrashSummary Summary(Capsule capsule, ControlPlane control)
    {
        var signal = Signals.GetValueOrDefault(capsule.ExitCode - SignalBase);
        return new()
        {
            Sandbox = capsule.Sandbox,
            App = capsule.App,
            Service = capsule.Service,
            Version = capsule.Release,
            Release = control.Stores.Releases.Find(capsule.Release)?.Label,
            At = capsule.At,
            StartedAt = capsule.StartedAt,
            ExitCode = capsule.ExitCode,
            Signal = signal,
            OutOfMemory = capsule.OutOfMemory,
            Count = capsule.Count,
            Reason = capsule.Sidecar is { } sidecar ? $"sidecar {sidecar}: {Reason(capsule, signal)}" : Reason(capsule, signal),
        };
    }

    private static string Reason(Capsule capsule, string? signal) => capsule switch
    {
        { StartError: { } error } => $"could not be started: {error}",
        { OutOfMemory: true } => "out of memory",
        _ when signal is not null => $"killed by {signal}",
        _ => $"exit code {capsule.ExitCode}",
    };
}
