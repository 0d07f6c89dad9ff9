using Berth.Control.Operations;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Access;

/// <summary>What a request is about: by this a token's apps are compared with it.</summary>
public enum Subject
{
    /// <summary>Whatever the token covers: the answer leaves out the rest.</summary>
    Covered,

    /// <summary>What all apps share.</summary>
    Server,
    App,
    Deployment,
    Sandbox,

    /// <summary>A crash, named by its sandbox.</summary>
    Crash,
    Route,
    Drain,

    /// <summary>An app, named by its git repository.</summary>
    Repository,
}

/// <summary>Which app a thing belongs to, and how it is said that there is no such thing: in the same words whether it is not there or another's.</summary>
public sealed class Subjects
{
    private readonly Stores _stores;
    private readonly IEngine _engine;
    private readonly RouteOperations _routes;

    internal Subjects(Stores stores, IEngine engine, RouteOperations routes) => (_stores, _engine, _routes) = (stores, engine, routes);

    /// <summary>Null: there is no such thing. An app is its own, also one that is not there.</summary>
    public async ValueTask<string?> AppOfAsync(Subject subject, string id, CancellationToken ct) => subject switch
    {
        Subject.App => id,
        Subject.Repository => ControlOptions.AppOf(id),
        Subject.Deployment => _stores.Deployments.Find(id)?.App,
        Subject.Sandbox => (await _engine.ListSandboxesAsync(app: null, ct)).FirstOrDefault(s => s.Id == id)?.App,
        Subject.Crash => _stores.Capsules.Find(id)?.App,
        Subject.Drain => _stores.Drains.Find(id)?.App,
        Subject.Route => RouteAddress.TryParse(id) is { } address ? _routes.List().FirstOrDefault(r => r.Address == address)?.App : null,
        _ => null,
    };

    public static OperationError NotFound(Subject subject, string id) => subject switch
    {
        Subject.Deployment => OperationErrors.DeploymentNotFound(id),
        Subject.Sandbox => OperationErrors.SandboxNotFound(id),
        Subject.Crash => OperationErrors.CrashNotFound(id),
        Subject.Drain => OperationErrors.DrainNotFound(id),
        Subject.Route => OperationErrors.RouteNotFound(id),
        Subject.Repository => OperationErrors.AppNotFound(ControlOptions.AppOf(id)),
        _ => OperationErrors.AppNotFound(id),
    };
}
