using Berth.Control.Deployments;
using Berth.Control.Reconciling;
using Berth.Control.Routing;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>Making and deleting apps.</summary>
public sealed class AppOperations
{
    private readonly Stores _stores;
    private readonly ReconcileLoop _loop;
    private readonly RoutePublisher _publisher;
    private readonly Deployer _deployer;
    private readonly Random _random;
    private readonly TimeProvider _time;

    internal AppOperations(Stores stores, ReconcileLoop loop, RoutePublisher publisher, Deployer deployer, Random random, TimeProvider time) =>
        (_stores, _loop, _publisher, _deployer, _random, _time) = (stores, loop, publisher, deployer, random, time);

    /// <summary>Null <paramref name="name"/>: one like <c>amber-harbour</c> is chosen. The first app becomes the default route.</summary>
    public Outcome<AppRecord> Create(string? name)
    {
        if (name is not null && Names.AppProblem(name) is { } problem)
            return OperationErrors.BadName(problem);
        name ??= FreeName();
        if (!_stores.Apps.TryCreate(name, _time.GetUtcNow()))
            return OperationErrors.AppExists(name);
        if (!_stores.Routes.HasDefault())
            _stores.Routes.SetDefault(name);
        _publisher.HostsChanged();
        _loop.Mark(name);
        return _stores.Apps.Find(name)!;
    }

    public Outcome<AppRecord> Find(string name) => _stores.Apps.Find(name) switch
    {
        null => OperationErrors.AppNotFound(name),
        { Deleting: true } => OperationErrors.AppBeingDeleted(name),
        var app => app,
    };

    /// <summary>Begins the deletion; it is done when <see cref="AppStore.Find"/> finds the app no more.</summary>
    public Outcome<AppRecord> Delete(string name)
    {
        if (_stores.Apps.Find(name) is not { } app)
            return OperationErrors.AppNotFound(name);
        _stores.Apps.MarkDeleting(name);
        _deployer.Abandon(name);
        _loop.Mark(name);
        return app;
    }

    private string FreeName()
    {
        while (true)
        {
            var name = AppNames.Next(_random);
            if (_stores.Apps.Find(name) is null)
                return name;
        }
    }
}
