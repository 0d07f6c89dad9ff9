namespace Berth.Router.Routing;

/// <summary>One request's hold on one sandbox: while it lasts, the sandbox counts as busy and is not stopped. Disposed once, by its owner.</summary>
public sealed class Claim(AppRoute route, SandboxTarget target, Action changed) : IDisposable
{
    private bool _upgraded;

    public AppRoute Route { get; } = route;

    public SandboxTarget Target { get; } = target;

    /// <summary>The request has become a connection that lasts (a WebSocket).</summary>
    public void MarkUpgraded()
    {
        if (_upgraded)
            return;
        _upgraded = true;
        Route.Load.BeginConnection();
        changed();
    }

    public void Dispose()
    {
        if (_upgraded)
            Route.Load.EndConnection();
        Route.Load.End();
        Target.Load.End();
        changed();
    }
}
