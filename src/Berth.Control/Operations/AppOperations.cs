using Berth.Control.Reconciling;
using Berth.Control.Routing;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>Making and deleting apps.</summary>
public sealed class AppOperations(Stores stores, ReconcileLoop loop, RoutePublisher publisher, Random random, TimeProvider time)
{
    /// <summary>Null <paramref name="name"/>: one like <c>amber-harbour</c> is chosen. The first app becomes the default route.</summary>
    public Outcome<AppRecord> Create(string? name)
    {
        if (name is not null && Names.AppProblem(name) is { } problem)
            return OperationErrors.BadName(problem);
        name ??= FreeName();
        if (!stores.Apps.TryCreate(name, time.GetUtcNow()))
            return OperationErrors.AppExists(name);
        if (!stores.Routes.HasDefault())
            stores.Routes.SetDefault(name);
        publisher.HostsChanged();
        loop.Mark(name);
        return stores.Apps.Find(name)!;
    }

    public Outcome<AppRecord> Find(string name) => stores.Apps.Find(name) switch
    {
        null => OperationErrors.AppNotFound(name),
        { Deleting: true } => OperationErrors.AppBeingDeleted(name),
        var app => app,
    };

    /// <summary>Begins the deletion; it is done when <see cref="AppStore.Find"/> finds the app no more.</summary>
    public Outcome<AppRecord> Delete(string name)
    {
        if (stores.Apps.Find(name) is not { } app)
            return OperationErrors.AppNotFound(name);
        stores.Apps.MarkDeleting(name);
        loop.Mark(name);
        return app;
    }

    private string FreeName()
    {
        while (true)
        {
            var name = AppNames.Next(random);
            if (stores.Apps.Find(name) is null)
                return name;
        }
    }
}
