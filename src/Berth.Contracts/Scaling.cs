namespace Berth.Contracts;

/// <summary>An app's demand at this moment, what its services were given for it, and why.</summary>
public sealed record ScalingInfo
{
    /// <summary>Requests and connections that sandboxes work on.</summary>
    public required int InFlight { get; init; }

    /// <summary>Requests held until a sandbox is ready.</summary>
    public required int Waiting { get; init; }

    public required IReadOnlyList<ServiceScaling> Services { get; init; }

    /// <summary>Counts that were decided anew since <c>berthd</c> started, at most the last 100, oldest first. The logs of service <c>scaling</c> go back further.</summary>
    public required IReadOnlyList<ScalingChangeInfo> Changes { get; init; }
}

/// <param name="Mode"><c>fixed</c>, <c>auto</c> or <c>queue</c>.</param>
/// <param name="Wanted">Sandboxes that should run.</param>
/// <param name="Running">Sandboxes that run.</param>
/// <param name="Standby">Sandboxes that are frozen.</param>
/// <param name="Reason">Why as many are wanted, for people.</param>
public sealed record ServiceScaling(string Service, string Mode, int Wanted, int Running, int Standby, string Reason);

public sealed record ScalingChangeInfo(DateTimeOffset At, string Service, int From, int To, string Reason);
