namespace Berth.Planning;

/// <summary>What to do next for one app.</summary>
public sealed record AppPlan
{
    /// <summary>Independent of each other: they may be carried out at the same time.</summary>
    public required IReadOnlyList<PlanStep> Steps { get; init; }

    /// <summary>Ids of the sandboxes that the router may send requests to.</summary>
    public required IReadOnlyList<string> Routed { get; init; }

    /// <summary>The same of each pool beside the active release, by the pool's id.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> RoutedBeside { get; init; }

    /// <summary>Ids of sandboxes that are to stop, but wait for the router to let go of them.</summary>
    public required IReadOnlyList<string> Draining { get; init; }

    public required DeploymentVerdict Verdict { get; init; }

    /// <summary>Nothing is left to do or to wait for: all that is wanted runs and is ready, and nothing else does.</summary>
    public required bool Settled { get; init; }

    /// <summary>When time alone changes the plan (a back-off ends, a limit is reached); null: never.</summary>
    public DateTimeOffset? LookAgainAt { get; init; }
}

/// <summary>One thing to carry out. Each is idempotent.</summary>
public abstract record PlanStep;

/// <summary>Start <paramref name="Count"/> new sandboxes in a pool.</summary>
public sealed record StartStep(string PoolId, int Count) : PlanStep;

/// <summary>Freeze an idle sandbox that the router has let go of: it keeps its memory and uses no CPU.</summary>
public sealed record FreezeStep(string SandboxId) : PlanStep;

/// <summary>Let a frozen sandbox run again.</summary>
public sealed record ThawStep(string SandboxId) : PlanStep;

/// <summary>Stop a sandbox gracefully, then remove it.</summary>
public sealed record StopStep(string SandboxId) : PlanStep;

/// <summary>An exited or never started sandbox: note its end if it was not asked for, and remove it.</summary>
public sealed record CollectStep(string SandboxId, bool Crashed) : PlanStep;

/// <summary>What has become of the deployment under way.</summary>
public abstract record DeploymentVerdict
{
    private DeploymentVerdict()
    {
    }

    /// <summary>No deployment is under way, or it has nothing to start and wait for yet.</summary>
    public sealed record None : DeploymentVerdict;

    /// <summary>Sandboxes of the new release are starting.</summary>
    public sealed record Starting(int Ready, int Wanted) : DeploymentVerdict;

    /// <summary>All of them are ready and get the requests: try the target, and make it the active release.</summary>
    public sealed record Switch : DeploymentVerdict;

    /// <summary>One cannot be brought up: give the target up.</summary>
    /// <param name="Service">The service that failed.</param>
    /// <param name="Sandbox">The sandbox whose last lines say why; null if none ran.</param>
    /// <param name="Reason">In words for people.</param>
    public sealed record Fail(string Service, string? Sandbox, string Reason) : DeploymentVerdict;
}
