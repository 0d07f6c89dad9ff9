using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>From a draft to a release: number, id and pools. Pure but for the ids.</summary>
internal static class ReleaseAssembly
{
    /// <summary>Would a sandbox see or do anything else under the draft than under the release?</summary>
    public static bool Differs(Release active, ReleaseDraft draft) =>
        !active.FileEnv.SequenceEqual(draft.FileEnv)
        || !active.Config.SequenceEqual(draft.Config)
        || !active.SensitiveEnv.SequenceEqual(draft.SensitiveEnv)
        || active.ReleaseCommand != draft.ReleaseCommand
        || !active.Crons.Select(Plain).SequenceEqual(draft.Crons.Select(Plain))
        || active.Services.Count != draft.Services.Count
        || active.Services.Zip(draft.Services).Any(pair => !SameService(pair.First, pair.Second));

    public static Release Assemble(string app, int number, ReleaseDraft draft, Release? active, string description, bool renewAll, DateTimeOffset now)
    {
        var env = EnvVars.Merge(draft.FileEnv, draft.Config);
        return new()
        {
            Id = Ids.Release(app, now),
            App = app,
            Number = number,
            CreatedAt = now,
            FileEnv = draft.FileEnv,
            Config = draft.Config,
            SensitiveEnv = draft.SensitiveEnv,
            Services = [.. draft.Services.Select(s => s with { PoolId = renewAll ? Ids.Pool(now) : KeptPool(s, env, active) ?? Ids.Pool(now) })],
            ReleaseCommand = draft.ReleaseCommand,
            Crons = draft.Crons,
            Commit = draft.Commit,
            Description = description,
        };
    }

    /// <summary>The active release's pool, for a service with an image of its own of which nothing has changed (docs/adr/0003).</summary>
    private static string? KeptPool(ReleaseService service, IReadOnlyList<EnvVar> env, Release? active)
    {
        if (service.Definition.Image is null || active?.FindService(service.Definition.Name) is not { } before)
            return null;
        return SameService(before, service) && active.Env.SequenceEqual(env) ? before.PoolId : null;
    }

    private static bool SameService(ReleaseService a, ReleaseService b) =>
        a.ImageId == b.ImageId && a.Port == b.Port && a.StopSignal == b.StopSignal && a.SidecarImages.SequenceEqual(b.SidecarImages) && SameDefinition(a.Definition, b.Definition);

    /// <summary>Where it is written does not matter; lists are compared by what is in them.</summary>
    private static bool SameDefinition(ServiceDefinition a, ServiceDefinition b) =>
        a.Env.SequenceEqual(b.Env)
        && a.Disks.SequenceEqual(b.Disks)
        && (a.Args ?? []).SequenceEqual(b.Args ?? [])
        && a.Sidecars.Count == b.Sidecars.Count
        && a.Sidecars.Zip(b.Sidecars).All(pair => pair.First.Env.SequenceEqual(pair.Second.Env) && Plain(pair.First) == Plain(pair.Second))
        && Plain(a) == Plain(b);

    private static CronDefinition Plain(CronDefinition cron) => cron with { Source = "" };

    private static SidecarDefinition Plain(SidecarDefinition sidecar) => sidecar with { Env = [] };

    private static ServiceDefinition Plain(ServiceDefinition definition) => definition with { Env = [], Disks = [], Sidecars = [], Args = null, Defaults = [], Source = "" };
}
