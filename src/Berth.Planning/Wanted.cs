using Berth.Model;

namespace Berth.Planning;

/// <summary>What is asked for of one app, as the store has it.</summary>
public sealed record AppSpec
{
    public required string App { get; init; }

    /// <summary>Pools of the active release; empty before the first.</summary>
    public required IReadOnlyList<PoolSpec> Active { get; init; }

    /// <summary>Pools of the release that a deployment moves to; null when none is under way. A pool that both releases share is in both lists.</summary>
    public IReadOnlyList<PoolSpec>? Target { get; init; }

    /// <summary>Pools of further releases that get a share of the requests, whatever a deployment does. None of them is in <see cref="Active"/>.</summary>
    public IReadOnlyList<PoolSpec> Beside { get; init; } = [];

    /// <summary>The target has been switched to and serves on trial: it keeps the requests as long as it can answer any, also while it has fewer sandboxes than it should.</summary>
    public bool TargetServes { get; init; }

    /// <summary>When the deployment began to start sandboxes: older crashes do not count against it.</summary>
    public DateTimeOffset TargetSince { get; init; }
}

/// <summary>One pool as wanted.</summary>
public sealed record PoolSpec
{
    public required string Id { get; init; }

    public required string Service { get; init; }

    public required int Desired { get; init; }

    /// <summary>Follows demand: sandboxes that are not needed any more are only taken once they are idle, and the first are kept frozen.</summary>
    public bool Auto { get; init; }

    /// <summary>Sandboxes that are kept frozen instead of being stopped.</summary>
    public int Standby { get; init; }

    /// <summary>A frozen sandbox is stopped after this long.</summary>
    public TimeSpan StandbyDelay { get; init; }

    /// <summary>May old and new run side by side?</summary>
    public required bool Overlaps { get; init; }

    /// <summary>Does it receive HTTP from outside?</summary>
    public required bool Routable { get; init; }

    /// <summary>Ready when the port answers, rather than when the process has lived a moment.</summary>
    public required bool HasReadinessProbe { get; init; }

    /// <summary>How long a new sandbox may take until it is ready.</summary>
    public required TimeSpan StartupTimeout { get; init; }

    /// <summary>Sandboxes made before this moment are to be replaced (a restart, other limits); null: none.</summary>
    public DateTimeOffset? RenewedAt { get; init; }

    public bool Outdates(SandboxView sandbox) => sandbox.CreatedAt < RenewedAt;

    /// <summary>Started before the services that have none: databases and the like that the app's own code waits for.</summary>
    public required bool HasOwnImage { get; init; }
}

/// <summary>What is seen of one app.</summary>
public sealed record AppStatus
{
    public required IReadOnlyList<SandboxView> Sandboxes { get; init; }

    /// <summary>Crashes by pool id.</summary>
    public required IReadOnlyDictionary<string, CrashRecord> Crashes { get; init; }
}

/// <summary>A sandbox as the engine, the prober and the router see it.</summary>
public sealed record SandboxView
{
    public required string Id { get; init; }

    public required string PoolId { get; init; }

    public required string Service { get; init; }

    public required SandboxState State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its process started; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>It answered its readiness probe.</summary>
    public bool Answered { get; init; }

    /// <summary>A stop or removal of it is being carried out already.</summary>
    public bool Ending { get; init; }

    /// <summary>The router may still send it new requests.</summary>
    public bool Routed { get; init; }

    /// <summary>HTTP requests it is working on.</summary>
    public int InFlight { get; init; }

    /// <summary>Somebody works in it: it is no surplus.</summary>
    public bool Held { get; init; }

    /// <summary>Null unless frozen.</summary>
    public DateTimeOffset? FrozenSince { get; init; }

    /// <summary>Since when it is kept from new requests in order to stop; null while it serves.</summary>
    public DateTimeOffset? DrainingSince { get; init; }
}

/// <summary>A pool's crashes in a row.</summary>
/// <param name="Count">1 after the first.</param>
/// <param name="LastAt">When the last one happened.</param>
/// <param name="Sandbox">The sandbox that crashed last.</param>
public sealed record CrashRecord(int Count, DateTimeOffset LastAt, string Sandbox)
{
    /// <summary>A sandbox that lived this long was healthy: its end counts as the first in a new row.</summary>
    public static readonly TimeSpan HealthyLife = TimeSpan.FromSeconds(60);

    /// <summary>When the next sandbox may start: at once after the first crash, then after 1, 2, 4 … 60 s (SPEC section 8).</summary>
    public DateTimeOffset NextTryAt => LastAt + Delay(Count);

    public static TimeSpan Delay(int count) => count <= 1
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, Math.Min(count - 2, 10))));

    /// <summary>The record after one more crash.</summary>
    public static CrashRecord Next(CrashRecord? before, string sandbox, TimeSpan lived, DateTimeOffset now) =>
        new(before is null || lived >= HealthyLife ? 1 : before.Count + 1, now, sandbox);
}
