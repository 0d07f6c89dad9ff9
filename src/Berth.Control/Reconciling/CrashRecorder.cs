using Berth.Control.Logs;
using Berth.Control.Metrics;
using Berth.Control.Store;
using Berth.Model;
using Berth.Planning;

namespace Berth.Control.Reconciling;

/// <summary>Notes crashes: the row of them that each pool has, which planning goes by, and of each one a capsule for people. A pool is one release's, so a broken release's row ends with it.</summary>
internal sealed class CrashRecorder(Stores stores, LogStore logs, SandboxMeter meter, TimeProvider time)
{
    /// <summary>Shown beside the service's state.</summary>
    private const int LastLines = 20;

    /// <summary>Kept in the capsule.</summary>
    private const int CapsuleLines = 500;

    /// <summary>Characters kept in the capsule; the oldest lines go first.</summary>
    private const int CapsuleCharacters = 256 * 1024;

    /// <summary>Notes that an exited sandbox crashed, unless that is noted already. Written before anything else is done, so that the next start already goes by it.</summary>
    /// <returns>False if it was noted already.</returns>
    public bool Note(SandboxStatus sandbox)
    {
        if (stores.Crashes.List(sandbox.App).GetValueOrDefault(sandbox.PoolId)?.Sandbox == sandbox.Id)
            return false;
        Note(new()
        {
            Sandbox = sandbox.Id,
            App = sandbox.App,
            Pool = sandbox.PoolId,
            Service = sandbox.Service,
            Release = sandbox.ReleaseId,
            LastGood = LastGood(sandbox.App, sandbox.ReleaseId),
            At = time.GetUtcNow(),
            StartedAt = sandbox.StartedAt,
            ExitCode = sandbox.ExitCode ?? 0,
            OutOfMemory = sandbox.OutOfMemory,
            Sidecar = sandbox.EndedSidecar,
            StartError = sandbox.StartError,
            Count = 0,
            Lines = (sandbox.StartError ?? Cause(sandbox)) is { } reason ? [reason] : [],
            Memory = meter.CurveOf(sandbox.Id),
        }, sandbox is { StartedAt: { } from, FinishedAt: { } to } ? to - from : TimeSpan.Zero);
        return true;
    }

    /// <summary>Notes that the engine did not start a sandbox: it will not get better by asking again at once.</summary>
    public void NoteNotStarted(SandboxSpec spec, string reason) => Note(new()
    {
        Sandbox = spec.Id,
        App = spec.App,
        Pool = spec.PoolId,
        Service = spec.Service,
        Release = spec.ReleaseId,
        LastGood = LastGood(spec.App, spec.ReleaseId),
        At = time.GetUtcNow(),
        ExitCode = 127,
        OutOfMemory = false,
        StartError = reason,
        Count = 0,
        Lines = [reason],
    }, TimeSpan.Zero);

    /// <summary>Adds what the sandbox printed, once all of it has come.</summary>
    public async Task AddLinesAsync(SandboxStatus sandbox, CancellationToken ct)
    {
        var lines = Within(await logs.LastLinesAsync(sandbox.App, sandbox.Id, CapsuleLines, ct));
        if (lines.Count == 0)
            return;
        stores.Capsules.SetLines(sandbox.Id, lines);
        if (stores.Crashes.List(sandbox.App).GetValueOrDefault(sandbox.PoolId) is { } crash && crash.Sandbox == sandbox.Id)
            stores.Crashes.Put(sandbox.App, crash with { LastLines = [.. lines.TakeLast(LastLines)] });
    }

    private static string? Cause(SandboxStatus sandbox) =>
        sandbox.EndedSidecar is { } sidecar ? CrashMessages.SidecarEnded(sidecar, sandbox.ExitCode ?? 0, sandbox.OutOfMemory) : null;

    private void Note(Capsule capsule, TimeSpan lived)
    {
        var before = stores.Crashes.List(capsule.App).GetValueOrDefault(capsule.Pool);
        var next = CrashRecord.Next(before is null ? null : new(before.Count, before.At, before.Sandbox), capsule.Sandbox, lived, capsule.At);
        stores.Capsules.Add(capsule with { Count = next.Count });
        stores.Crashes.Put(capsule.App, new()
        {
            Pool = capsule.Pool,
            Count = next.Count,
            At = next.LastAt,
            Sandbox = capsule.Sandbox,
            ExitCode = capsule.ExitCode,
            OutOfMemory = capsule.OutOfMemory,
            LastLines = capsule.Lines,
        });
    }

    private string? LastGood(string app, string release)
    {
        var number = stores.Releases.Find(release)?.Number ?? 0;
        return stores.Releases.List(app).FirstOrDefault(r => r.Number < number && stores.Deployments.DeployedAt(r.Id) is not null)?.Id;
    }

    private static IReadOnlyList<string> Within(IReadOnlyList<string> lines)
    {
        int kept = 0;
        for (int characters = 0; kept < lines.Count; kept++)
        {
            characters += lines[^(kept + 1)].Length;
            if (characters > CapsuleCharacters)
                break;
        }
        return [.. lines.TakeLast(kept)];
    }
}
