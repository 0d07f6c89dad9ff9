using Berth.Model;

namespace Berth.Router.Routing;

/// <summary>An app in one snapshot: where its requests may go. Immutable but for the loads it points to.</summary>
public sealed class AppRoute(RoutedApp app, AppLoad load, SandboxTarget[] targets)
{
    public string Name => app.Name;

    public string StatusText => app.StatusText;

    public bool HoldWhenEmpty => app.HoldWhenEmpty;

    public SleepTier? Asleep => app.Asleep;

    public MaintenanceMode? Maintenance => app.Maintenance;

    public AppLoad Load { get; } = load;

    public IReadOnlyList<SandboxTarget> Targets { get; } = targets;

    public bool HasReady => Array.Exists(targets, static target => !target.IsOut);

    /// <summary>
    /// The target with the least requests in flight; of equals, each in turn. Null if there is none, or none but such as were taken
    /// out and <paramref name="alsoTakenOut"/> is false.
    /// </summary>
    public SandboxTarget? Pick(bool alsoTakenOut)
    {
        SandboxTarget? best = null;
        int least = int.MaxValue;
        var turn = Load.NextTurn();
        for (int i = 0; i < targets.Length; i++)
        {
            var target = targets[(int)((turn + (uint)i) % (uint)targets.Length)];
            var inFlight = target.Load.InFlight;
            if (inFlight < least && (alsoTakenOut || !target.IsOut))
            {
                best = target;
                least = inFlight;
            }
        }
        return best;
    }
}
